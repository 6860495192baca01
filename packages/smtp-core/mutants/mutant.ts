/** A fault put into the sources by replacing one piece of text, which must be there exactly once. */
export interface Mutant {
  readonly title: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Faults in one part of the package. */
export interface Part {
  /** Test files that are asked first, by a piece of their path; the others follow if those notice nothing. */
  readonly tests: readonly string[];
  readonly mutants: readonly Mutant[];
}

const client: readonly Mutant[] = [
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

const codec: readonly Mutant[] = [
  { title: 'leave dots alone', file: 'mail-data.ts', find: 'found.push(at, DOT);', replace: 'found.push();' },
  {
    title: 'let a bare LF through',
    file: 'mail-data.ts',
    find: 'found.push(lf, CR);',
    replace: 'found.push();',
  },
  {
    title: 'forget a CR at the end of a chunk',
    file: 'mail-data.ts',
    find: '        this.#pendingCr = true;\n',
    replace: '',
  },
  {
    title: 'no unstuffing',
    file: 'dot-unstuffer.ts',
    find: 'if (octet === DOT) removed.push(at++);',
    replace: 'if (octet === DOT) at++;',
  },
  {
    title: 'end content at LF.LF',
    file: 'dot-unstuffer.ts',
    find: '            this.#bareLf = true;\n',
    replace: "            this.#bareLf = true;\n            this.#position = 'line-start';\n",
  },
  {
    title: 'end content at CRLF.LF',
    file: 'dot-unstuffer.ts',
    find: "this.#position = octet === CR ? 'dot-cr' : 'text';",
    replace:
      "if (octet === LF) return { content: without(chunk.subarray(0, at), removed), end: at + 1 };\n          this.#position = octet === CR ? 'dot-cr' : 'text';",
  },
  {
    title: 'accept base64 with stray bits',
    file: 'base64.ts',
    find: 'return encodeBase64(decoded) === text ? decoded : undefined;',
    replace: 'return decoded;',
  },
  {
    title: 'end command lines at a bare LF',
    file: 'line-buffer.ts',
    find: 'if (this.#octets[found - 1] === CR) return found;',
    replace: 'return found;',
  },
];

const sasl: readonly Mutant[] = [
  {
    title: 'skip the verification of the SCRAM server',
    file: 'sasl/scram.ts',
    find: 'verified = !verified && equal(',
    replace: 'verified = !verified || equal(',
  },
  {
    title: 'accept any SCRAM nonce',
    file: 'sasl/scram.ts',
    find: ' || !serverNonce.startsWith(clientNonce)',
    replace: '',
  },
  {
    title: 'accept one SCRAM iteration',
    file: 'sasl/scram.ts',
    find: 'const MIN_ITERATIONS = 4096;',
    replace: 'const MIN_ITERATIONS = 1;',
  },
  {
    title: 'shift the fields of PLAIN with NUL',
    file: 'sasl/plain.ts',
    find: "if ((user + pass + authzid).includes('\\0'))",
    replace: 'if (user === pass + authzid)',
  },
];

const server: readonly Mutant[] = [
  {
    title: 'execute what came in the clear behind STARTTLS',
    file: 'server-command.ts',
    find: '  session.input.clear();\n',
    replace: '',
  },
  {
    title: 'take plaintext while TLS is being negotiated',
    file: 'server.ts',
    find: '    if (upgrading) return;\n',
    replace: '',
  },
  {
    title: 'remember a login across STARTTLS',
    file: 'server-session.ts',
    find: '    this.authenticated = false;\n',
    replace: '',
  },
  {
    title: 'accept a message with bare line ends',
    file: 'content-receiver.ts',
    find: 'this.#data?.bareCr || this.#data?.bareLf ? REFUSALS.bareLineEnd : undefined',
    replace: 'undefined',
  },
  {
    title: 'take the octets of a refused chunk for commands',
    file: 'server-content.ts',
    find: 'receiver.expect(octets, refusal);',
    replace: 'receiver.expect(octets && 0, refusal);',
  },
  {
    title: 'go on with a message that lost a chunk',
    file: 'server-state.ts',
    find: "    BDAT: 'chunking',\n    'BDAT LAST': 'ready',\n    'BDAT REFUSED': 'chunk-failed',\n  },\n  chunking: {",
    replace:
      "    BDAT: 'chunking',\n    'BDAT LAST': 'ready',\n    'BDAT REFUSED': 'chunking',\n  },\n  chunking: {",
  },
  {
    title: 'offer AUTH without TLS',
    file: 'server-auth.ts',
    find: 'if (!secure && !settings.allowInsecureAuth) return REFUSALS.encryptionFirst;',
    replace: '',
  },
  {
    title: 'let a client log in twice',
    file: 'server-auth.ts',
    find: 'if (authenticated) return REFUSALS.alreadyAuthenticated;',
    replace: '',
  },
  {
    title: 'take any octets of a message, whatever SIZE says',
    file: 'content-receiver.ts',
    find: 'if (this.#limit > 0 && this.#octets > this.#limit)',
    replace: 'if (this.#limit < 0)',
  },
  {
    title: 'serve mail before the login that is demanded',
    file: 'server-command.ts',
    find: 'settings.requireAuth && !authenticated',
    replace: 'settings.requireAuth && authenticated',
  },
  {
    title: 'show the AUTH line in the transcript',
    file: 'server-command.ts',
    find: "argument.replace(/ .*$/, ' ***')",
    replace: 'argument',
  },
  {
    title: 'buffer without end',
    file: 'server.ts',
    find: 'const MAX_UNREAD_OCTETS = 1_048_576;',
    replace: 'const MAX_UNREAD_OCTETS = Number.POSITIVE_INFINITY;',
  },
];

/** Faults that somebody has made before, and that a test must catch. */
export const PARTS: readonly Part[] = [
  { tests: ['src/dialogue', 'src/path', 'src/reply'], mutants: client },
  { tests: ['src/mail-data', 'src/base64', 'src/line-buffer'], mutants: codec },
  { tests: ['src/sasl/'], mutants: sasl },
  { tests: ['src/server'], mutants: server },
];
