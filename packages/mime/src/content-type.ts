import type { Parameter } from './body-part.ts';
import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import { foldColumns, parameterCharacters, refuseLonger } from './limit.ts';
import { parameterPieces } from './parameter.ts';

const parameter =
  /[ \t]*;[ \t]*([\w!#$%&'+.^`{|}~-]+)=([\w!#$%&'*+.^`{|}~-]+|"[^"\\]*(?:\\.[^"\\]*)*")[ \t]*/y;

/** A media type, or another token, and its parameters, values unquoted. */
export interface ContentType {
  readonly type: string;
  readonly parameters: readonly Parameter[];
}

/**
 * Reads a content type as a person writes it; a malformed one is refused, not guessed at (RFC 2045 §5.1).
 *
 * @param pattern what stands before the parameters.
 * @throws MimeError `invalid-content-type` or `control-character`
 */
export function parseContentType(
  text: string,
  field: string,
  pattern: RegExp = /^[\w!#$%&'*+.^`{|}~-]+\/[\w!#$%&'*+.^`{|}~-]+/,
): ContentType {
  refuseControls(text, field, true);
  refuseLonger(text, parameterCharacters, 'invalid-content-type', field);
  const parameters: Parameter[] = [];
  const type = pattern.exec(text)?.[0];
  if (type === undefined)
    return refuse('invalid-content-type', field, 'Write type/subtype; name=value', text);
  for (let at = type.length; at < text.length; at = parameter.lastIndex) {
    parameter.lastIndex = at;
    const match = parameter.exec(text);
    if (!match) return refuse('invalid-content-type', field, 'Write type/subtype; name=value', text, at);
    const [, name = '', value = ''] = match;
    parameters.push([name.toLowerCase(), value.replace(/^"|"$|\\(.)/gs, '$1')]);
  }
  return { type: type.toLowerCase(), parameters };
}

/** A string is written as UTF-8, so text says so. */
export function withCharset({ type, parameters }: ContentType, content: unknown): ContentType {
  const silent =
    typeof content !== 'string' ||
    !type.startsWith('text/') ||
    parameters.some(([name]) => name === 'charset');
  return silent ? { type, parameters } : { type, parameters: [['charset', 'utf-8'], ...parameters] };
}

/**
 * Writes a field with parameters, each on a line of its own where it would pass the column (RFC 2045 §5.1, RFC 2231).
 */
export function formatParameters(
  name: string,
  value: string,
  parameters: readonly Parameter[],
  field: string,
): string {
  refuseControls(value, field);
  if (parameters.length > 1 && new Map(parameters).size < parameters.length)
    refuse('invalid-parameter', field, 'Give this parameter once');
  let text = `${name}: ${value}`;
  let column = text.length;
  for (const [parameterName, parameterValue] of parameters) {
    // Old readers know a file name in ASCII alone.
    const fallback = /^(?:file)?name$/.test(parameterName);
    for (const piece of parameterPieces(parameterName, parameterValue, fallback, field)) {
      // Room for the separator before the piece and the semicolon after it.
      const stays = column + piece.length + 3 <= foldColumns;
      text += `;${stays ? '' : '\r\n'} ${piece}`;
      column = piece.length + (stays ? column + 2 : 1);
    }
  }
  return `${text}\r\n`;
}
