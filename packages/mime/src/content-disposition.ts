import type { Parameter } from './body-part.ts';
import { formatParameters } from './content-type.ts';
import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import { parameterCharacters, refuseLonger } from './limit.ts';

/**
 * Refuses a file name that is a path: where it is stored is for the reader's system to say (RFC 2183 §2.3).
 *
 * @throws MimeError `invalid-filename` or `control-character`
 */
export function checkFilename(filename: string, field: string): string {
  refuseControls(filename, field);
  refuseLonger(filename, parameterCharacters, 'invalid-filename', field);
  const separator = filename.search(/[/\\]|^\.{0,2}$/);
  if (separator < 0) return filename;
  return refuse('invalid-filename', field, 'Give a name without a path', filename, separator);
}

/**
 * Writes Content-Disposition (RFC 2183).
 *
 * @param field path of the part in the message.
 */
export function formatDisposition(disposition: string, filename: string | undefined, field: string): string {
  const parameters: Parameter[] =
    filename === undefined ? [] : [['filename', checkFilename(filename, `${field}.filename`)]];
  if (disposition !== 'attachment' && disposition !== 'inline')
    refuse('invalid-parameter', `${field}.disposition`, 'Give attachment or inline', disposition);
  return formatParameters('Content-Disposition', disposition, parameters, field);
}
