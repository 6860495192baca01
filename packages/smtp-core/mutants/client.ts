import type { Mutant } from './mutant.ts';

/** Faults of the client machine. */
export const CLIENT_MUTANTS: readonly Mutant[] = [
  {
    title: 'drop the causality rule: a reply may answer a command that was not handed out',
    file: 'reception.ts',
    find: 'const entry = pipeline.written[0];',
    replace: 'const entry = pipeline.head;',
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
    find: "tls === 'starttls' || (tls === 'opportunistic' && capabilities.has('STARTTLS'))",
    replace: "tls !== 'none' && capabilities.has('STARTTLS')",
  },
  {
    title: 'go on in the clear when required STARTTLS is refused',
    file: 'handshake.ts',
    find: "if (required) this.#giveUp(trigger, refusal('starttls', 'STARTTLS', reply, {}, 'tls'));",
    replace:
      'if (!required && reply.code === 0) this.#giveUp(trigger, refusal("starttls", "STARTTLS", reply));',
  },
  {
    title: 'show passwords to a connection without TLS',
    file: 'authentication.ts',
    find: 'secure || !cleartext || options.allowInsecureAuth',
    replace: 'secure || !cleartext || !options.allowInsecureAuth',
  },
  {
    title: 'accept 235 from a server that did not prove itself',
    file: 'authentication.ts',
    find: 'const proven = mechanism.verified?.() ?? true;',
    replace: 'const proven = true;',
  },
  {
    title: 'downgrade to the next mechanism after a refused login',
    file: 'authentication.ts',
    find: 'another: !challenged && MECHANISM_REFUSED.includes(reply.code)',
    replace: 'another: !challenged',
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
    find: 'return ask(line, ',
    replace: 'return ask(line, line || ',
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
    find: "(i > 0 || error.kind !== 'closing' || entry.answers > 0)",
    replace: '(i >= 0)',
  },
  {
    title: 'let the last error win',
    file: 'mail-transaction.ts',
    find: 'this.failure ??= refusal(phase, command, reply,',
    replace: 'this.failure = refusal(phase, command, reply,',
  },
  {
    title: 'end a message with a dot although its source failed',
    file: 'mail-transaction.ts',
    find: 'if (this.#content instanceof DataContent) {',
    replace: 'if (this.#content instanceof DataContent && this.#content.ended) {',
  },
  {
    title: 'deliver to some although all or nobody was asked for',
    file: 'mail-transaction.ts',
    find: "if (nobody || (!accepted && session.options.partial === 'reject'))",
    replace: 'if (nobody)',
  },
  {
    title: 'start a transaction without RSET behind one that is open',
    file: 'mail-transaction.ts',
    find: 'before instanceof MailTransaction ? before.#chunked : session.transactionOpen',
    replace: 'before instanceof MailTransaction && before.#chunked',
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
    find: "if (/[\\u0000-\\u001f\\u007f]/.test(path)) return 'holds a control character';",
    replace: '',
  },
  {
    title: 'let an address close its own bracket',
    file: 'path.ts',
    find: "if (/[<>]/.test(rest)) return 'holds an angle bracket outside a quoted local part';",
    replace: '',
  },
  {
    title: 'read reply lines without end',
    file: 'reply.ts',
    find: 'this.#octets > this.#maxOctets',
    replace: 'this.#octets < 0',
  },
];
