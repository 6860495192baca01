import type { Mutant } from './mutant.ts';

/** Faults of the client machine. */
export const CLIENT_MUTANTS: readonly Mutant[] = [
  {
    title: 'drop the causality rule: a reply may answer a command that was not handed out',
    file: 'reception.ts',
    find: 'const entry = pipeline.head;',
    replace: 'const entry = pipeline.next();',
  },
  {
    title: 'keep octets that came in the clear across STARTTLS',
    file: 'reception.ts',
    find: "parser.pending && sealed ? 'starttls-injection' : parser.next()",
    replace: 'parser.next()',
  },
  {
    title: 'keep the capabilities that were learnt in the clear',
    file: 'dialogue.ts',
    find: '    session.capabilities = new Map();\n',
    replace: '',
  },
  {
    title: 'send mail in the clear when STARTTLS is missing',
    file: 'handshake.ts',
    find: "!(required || (tls === 'opportunistic' && offered))",
    replace: "tls === 'none' || !offered",
  },
  {
    title: 'go on in the clear when required STARTTLS is refused',
    file: 'handshake.ts',
    find: "else if (required) throw refusal(answer, 'tls');",
    replace: '',
  },
  {
    title: 'show passwords to a connection without TLS',
    file: 'authentication.ts',
    find: 'secure || !mechanism.cleartext || options.allowInsecureAuth',
    replace: 'secure || !mechanism.cleartext || !options.allowInsecureAuth',
  },
  {
    title: 'accept 235 from a server that did not prove itself',
    file: 'authentication.ts',
    find: 'mechanism.verified?.() ?? true',
    replace: 'true',
  },
  {
    title: 'downgrade to the next mechanism after a refused login',
    file: 'authentication.ts',
    find: 'challenged || !MECHANISM_REFUSED.includes(answer.reply.code)',
    replace: 'challenged',
  },
  {
    title: 'answer challenges without end',
    file: 'authentication.ts',
    find: '++rounds <= MAX_SASL_ROUNDS',
    replace: '++rounds > 0',
  },
  {
    title: 'show the AUTH line in events',
    file: 'authentication.ts',
    find: 'line === command ? line :',
    replace: 'line === line ? line :',
  },
  {
    title: 'forget that a message may have been delivered',
    file: 'session.ts',
    find: 'if (op === owner && doubt) Object.assign(error, { deliveryUnknown: true });',
    replace: '',
  },
  {
    title: 'doubt only the message whose turn it is',
    file: 'session.ts',
    find: 'this.lost(doubt)',
    replace: 'this.lost()',
  },
  {
    title: 'call a message in doubt that was refused with 421',
    file: 'session.ts',
    find: "(i > 0 || error.kind !== 'closing' || answers > 0)",
    replace: '(i >= 0)',
  },
  {
    title: 'let the last error win',
    file: 'mail-transaction.ts',
    find: 'op.failure ??= error;',
    replace: 'op.failure = error;',
  },
  {
    title: 'end a message with a dot although its source failed',
    file: 'dialogue.ts',
    find: 'else this.#giveUp(error);',
    replace: 'else source.content!.take(null);',
  },
  {
    title: 'deliver to some although all or nobody was asked for',
    file: 'mail-transaction.ts',
    find: "(!taken && partial === 'reject')",
    replace: 'false',
  },
  {
    title: 'start a transaction without RSET behind one that is open',
    file: 'mail-transaction.ts',
    find: 'before ? before.chunked : session.transactionOpen',
    replace: 'before?.chunked',
  },
  {
    title: 'take 552 to RCPT at its word',
    file: 'recipients.ts',
    find: 'reply.code === 552 ? 452 : reply.code',
    replace: 'reply.code',
  },
  {
    title: 'give every LMTP reply to the first recipient',
    file: 'recipients.ts',
    find: 'this.accepted[this.#finals++]!',
    replace: 'this.accepted[this.#finals++ && 0]!',
  },
  {
    title: 'let line ends into a command line',
    file: 'path.ts',
    find: '[\\0-\\x1f\\x7f\\p{Cs}]',
    replace: '[\\0\\p{Cs}]',
  },
  {
    title: 'let an address close its own bracket',
    file: 'path.ts',
    find: '[^<> ]*$',
    replace: '[^< ]*$',
  },
  {
    title: 'read reply lines without end',
    file: 'reply.ts',
    find: 'Math.min(this.#maxLine, this.#maxOctets - this.#octets)',
    replace: 'this.#maxLine',
  },
];
