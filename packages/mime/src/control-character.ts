import { HeaderInjectionError, MimeError, quoteValue } from './error.ts';

const control = /[\0-\x1f\x7f]/;
const controlButTab = /[\0-\x08\x0a-\x1f\x7f]/;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Refuses CR, LF, NUL and every other control in a value that becomes part of a header line.
 *
 * @param tab whether a horizontal tab, which is white space in unstructured text, may stand.
 * @throws HeaderInjectionError `control-character`, naming field and position.
 */
export function refuseControls(text: string, field: string, tab = false): void {
  if (typeof text !== 'string') {
    throw new MimeError('invalid-type', `Give ${field} as a string, not ${quoteValue(typeof text)}`, {
      field,
    });
  }
  const position = text.search(tab ? controlButTab : control);
  if (position < 0) return;
  throw new HeaderInjectionError(
    'control-character',
    `Remove the control character at position ${position} of ${field}: ${quoteValue(text)}`,
    { field, position },
  );
}

/** Refuses half of a surrogate pair where no replacement character may take its place. */
export function refuseLoneSurrogates(text: string, field: string): void {
  const position = text.search(loneSurrogate);
  if (position < 0) return;
  throw new MimeError(
    'lone-surrogate',
    `Complete the surrogate pair at position ${position} of ${field}: ${quoteValue(text)}`,
    { field, position },
  );
}
