import { readFileSync } from 'node:fs';
import { MailerError } from '../error.ts';
import { quoted } from '../quoted.ts';

/**
 * Reads a PEM file.
 *
 * @throws MailerError `file` when it cannot be read
 */
export function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MailerError('file', `Check that the file ${quoted(path)} exists and can be read`, { cause });
  }
}
