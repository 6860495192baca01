import type { Mutant } from './mutant.ts';

/** Faults of the server machine. */
export const SERVER_MUTANTS: readonly Mutant[] = [
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
