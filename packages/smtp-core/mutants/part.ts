import { CLIENT_MUTANTS } from './client.ts';
import { CODEC_MUTANTS, SASL_MUTANTS } from './codec.ts';
import type { Mutant } from './mutant.ts';
import { SERVER_MUTANTS } from './server.ts';

/** Faults in one part of the package. */
export interface Part {
  /** Test files that are asked first, by a piece of their path; the others follow if those notice nothing. */
  readonly tests: readonly string[];
  readonly mutants: readonly Mutant[];
}

/** Faults that somebody has made before, and that a test must catch. */
export const PARTS: readonly Part[] = [
  { tests: ['src/dialogue', 'src/path', 'src/reply'], mutants: CLIENT_MUTANTS },
  { tests: ['src/mail-data', 'src/base64', 'src/line-buffer'], mutants: CODEC_MUTANTS },
  { tests: ['src/sasl/'], mutants: SASL_MUTANTS },
  { tests: ['src/server'], mutants: SERVER_MUTANTS },
];
