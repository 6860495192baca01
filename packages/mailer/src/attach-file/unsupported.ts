import type { Attachment } from '@posthaste/mime';
import { MailerError } from '../error.ts';

/** Refuses: there are no files here. */
export async function attachFile(
  _path: string | URL,
  _options: Omit<Attachment, 'content'> = {},
): Promise<Attachment> {
  throw new MailerError('unsupported', 'Attach bytes, a Blob or a stream instead: this runtime has no files');
}
