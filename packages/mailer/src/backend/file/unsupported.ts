import type { Backend } from '../../backend.ts';
import { MailerError } from '../../error.ts';

/** Refuses: there are no files here. */
export function fileBackend(_options: { readonly path: string }): Backend {
  throw new MailerError(
    'unsupported',
    'Choose another backend: this runtime has no files to write messages to',
  );
}
