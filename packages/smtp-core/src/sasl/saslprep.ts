/** RFC 3454 table B.1: commonly mapped to nothing. */
const NOTHING = /[\u034f\u180b-\u180d\ufe00-\ufe0f\xad\u1806\u200b-\u200d\u2060\ufeff]/g;
/** RFC 4013 §2.3 by property: controls, formats, private use, surrogates, non-characters, and no plain text. */
const PROHIBITED = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\u2ff0-\u2ffb\ufffc\ufffd]/u;
/** A letter written from right to left, by its block (RFC 3454 table D.1 without the forms that NFKC undoes). */
const LEFTWARD = /(?=\p{L})[\u0590-\u07bf\ufe73]/u;
/** RFC 3454 §6: a text with such a letter has no other letter, and such letters at both ends. */
const ALL_LEFTWARD =
  /^(?=\p{L})[\u0590-\u07bf\ufe73](?:[\P{L}\u0590-\u07bf\ufe73]*(?=\p{L})[\u0590-\u07bf\ufe73])?$/u;

/**
 * Prepares a user name or a password for comparison (RFC 4013; unassigned code points pass, as in a query).
 *
 * @param text As the user typed it.
 * @returns The text in normalisation form KC.
 * @throws TypeError At what is no text, at a character that is prohibited, or when both directions of writing are mixed.
 *
 * @example Fold what looks alike
 * ```ts
 * saslprep('\u2168'); // 'IX'
 * ```
 */
export function saslprep(text: string): string {
  const prepared = `${text}`
    .replace(/\p{Zs}/gu, ' ')
    .replace(NOTHING, '')
    .normalize('NFKC');
  const isMixed = LEFTWARD.test(prepared) && !ALL_LEFTWARD.test(prepared);
  if (typeof text !== 'string' || PROHIBITED.test(prepared) || isMixed)
    throw new TypeError('Give user and pass as text that SASLprep allows (RFC 4013)');
  return prepared;
}
