import type { Mutant } from './mutant.ts';

/** Faults of the codec. */
export const CODEC_MUTANTS: readonly Mutant[] = [
  {
    title: 'leave dots alone',
    file: 'mail-data.ts',
    find: 'insertions.push(at, DOT);',
    replace: 'insertions.push();',
  },
  {
    title: 'let a bare LF through',
    file: 'mail-data.ts',
    find: 'if (chunk[at] === LF) insertions.push(at, this.#supply(CR));',
    replace: 'if (chunk[at] === LF) insertions.push();',
  },
  {
    title: 'forget a CR at the end of a chunk',
    file: 'mail-data.ts',
    find: 'this.#lineEnd = lineEnd;',
    replace: 'this.#lineEnd = lineEnd === CR ? undefined : lineEnd;',
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

/** Faults of the mechanisms. */
export const SASL_MUTANTS: readonly Mutant[] = [
  {
    title: 'skip the verification of the SCRAM server',
    file: 'sasl/scram.ts',
    find: "verified = serverFinal.split(',')[0] ===",
    replace: "verified = '' !==",
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
