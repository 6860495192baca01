import type { Parameter } from './body-part.ts';
import { refuseControls } from './control-character.ts';
import { MimeError, quoteValue } from './error.ts';
import { foldColumns } from './limit.ts';
import { encodeParameter } from './parameter.ts';

const token = "[!#$%&'*+\\-.0-9A-Z^_`a-z{|}~]+";
const plainType = new RegExp(`^${token}/${token}$`);
const parameter = `[ \\t]*;[ \\t]*(${token})=(${token}|"(?:[^"\\\\]|\\\\.)*")`;
const fullType = new RegExp(`^(${token}/${token})((?:${parameter})*)[ \\t]*;?[ \\t]*$`, 's');

/** A media type and its parameters, values unquoted. */
export interface ContentType {
  readonly type: string;
  readonly parameters: readonly Parameter[];
}

/**
 * Reads a content type as a person writes it; a malformed one is refused, not guessed at (RFC 2045 §5.1).
 *
 * @throws MimeError `invalid-content-type` or `control-character`
 */
export function parseContentType(text: string, field: string): ContentType {
  refuseControls(text, field, true);
  if (plainType.test(text)) return { type: text.toLowerCase(), parameters: [] };
  const match = fullType.exec(text);
  if (!match) {
    throw new MimeError(
      'invalid-content-type',
      `Write ${field} as type/subtype; name=value, not ${quoteValue(text)}`,
      { field },
    );
  }
  const parameters: Parameter[] = [];
  for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(new RegExp(parameter, 'gs'))) {
    const plain = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
    if (name.includes('*')) {
      throw new MimeError(
        'invalid-content-type',
        `Give the parameter of ${field} unencoded, not ${quoteValue(name)}`,
        { field },
      );
    }
    parameters.push([name.toLowerCase(), plain]);
  }
  return { type: (match[1] ?? '').toLowerCase(), parameters };
}

/** Parameters that readers take as a file name, and that old ones read only in ASCII. */
const names: ReadonlySet<string> = /* @__PURE__ */ new Set(['name', 'filename']);

/**
 * Writes a field with parameters, one on a line where they would pass the column (RFC 2045 §5.1, RFC 2231).
 */
export function formatParameters(
  name: string,
  value: string,
  parameters: readonly Parameter[],
  field: string,
): string {
  let text = `${name}: ${value}`;
  let column = text.length;
  for (const [parameterName, parameterValue] of parameters) {
    refuseControls(parameterValue, field);
    for (const piece of encodeParameter(parameterName, parameterValue, {
      fallback: names.has(parameterName),
    })) {
      // Room for the separator before the piece and the semicolon after it.
      if (column + piece.length + 3 <= foldColumns) {
        text += `; ${piece}`;
        column += piece.length + 2;
      } else {
        text += `;\r\n ${piece}`;
        column = piece.length + 1;
      }
    }
  }
  return `${text}\r\n`;
}
