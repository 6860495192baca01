import type { Attachment } from '@posthaste/mime';
import type { Backend } from './backend.ts';
import { MailerError } from './error.ts';

// What stands in for the files of Node, Deno and Bun elsewhere.

/** Refuses: there are no files here. */
export function fileBackend(_options: { readonly path: string }): Backend {
  throw new MailerError(
    'unsupported',
    'Choose another backend: this runtime has no files to write messages to',
  );
}

/** Refuses: there are no files here. */
export async function attachFile(
  _path: string | URL,
  _options: Omit<Attachment, 'content'> = {},
): Promise<Attachment> {
  throw new MailerError('unsupported', 'Attach bytes, a Blob or a stream instead: this runtime has no files');
}

/** Refuses: there are no files here. */
export function readPem(_path: string): string {
  throw new MailerError(
    'unsupported',
    'Pass certificates as PEM text in tlsOptions: this runtime has no files',
  );
}
