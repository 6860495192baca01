import type { Parameter } from './body-part.ts';
import { formatParameters } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { MimeError, quoteValue } from './error.ts';

/**
 * Refuses a file name that is a path: where it is stored is for the reader's system to say (RFC 2183 §2.3).
 *
 * @throws MimeError `invalid-filename` or `control-character`
 */
export function checkFilename(filename: string, field: string): string {
  refuseControls(filename, field);
  const position = filename.search(/[/\\]/);
  if (position >= 0 || filename === '') {
    throw new MimeError(
      'invalid-filename',
      `Give ${field} as a name without a path, not ${quoteValue(filename)}`,
      {
        field,
        ...(position < 0 ? {} : { position }),
      },
    );
  }
  return filename;
}

/** Writes Content-Disposition (RFC 2183). */
export function formatDisposition(disposition: string, filename: string | undefined, field: string): string {
  const parameters: Parameter[] = filename === undefined ? [] : [['filename', filename]];
  return formatParameters('Content-Disposition', disposition, parameters, field);
}
