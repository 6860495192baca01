import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Attachment } from '@posthaste/mime';
import { MailerError } from '../error.ts';
import { quoted } from '../quoted.ts';

/** What an attachment says about itself beside its content. */
export type AttachFileOptions = Omit<Attachment, 'content'>;

/**
 * Reads a file into an attachment, on Node, Deno and Bun. Never pass it a path that somebody else chose.
 *
 * @param path path or `file:` URL
 * @param options name, type and the like; the name defaults to the file's own, the type is found by the content
 * @throws MailerError `file` when it cannot be read
 *
 * @example
 * ```ts
 * import { attachFile } from '@posthaste/mailer/attach-file';
 *
 * await mailer.send({ ...message, attachments: [await attachFile('report.pdf')] });
 * ```
 */
export async function attachFile(path: string | URL, options: AttachFileOptions = {}): Promise<Attachment> {
  let content: Uint8Array;
  try {
    content = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new MailerError('file', `Check that the file ${quoted(String(path))} exists and can be read`, {
      cause,
    });
  }
  const name = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  return { filename: basename(name), ...options, content };
}
