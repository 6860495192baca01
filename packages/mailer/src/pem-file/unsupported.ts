import { MailerError } from '../error.ts';

/** Refuses: there are no files here. */
export function readPem(_path: string): string {
  throw new MailerError(
    'unsupported',
    'Pass certificates as PEM text in tlsOptions: this runtime has no files',
  );
}
