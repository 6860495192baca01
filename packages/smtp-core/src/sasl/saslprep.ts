/** RFC 3454 table B.1: commonly mapped to nothing. */
const NOTHING = /[\u034f\u180b-\u180d\ufe00-\ufe0f\u00ad\u1806\u200b-\u200d\u2060\ufeff]/g;
/** RFC 3454 table C.1.2: spaces other than U+0020. */
const SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
/** RFC 4013 §2.3: controls, private use, surrogates, non-characters, and what is no plain text or changes display. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
/** RFC 3454 table D.1, by its blocks: what is written from right to left. */
const RIGHT_TO_LEFT = /[\p{L}\u05be\u05c0\u05c3\u05f3\u05f4\u061b\u061f\u066d\u06d4\u0700-\u070d]/u;
const RIGHT_TO_LEFT_BLOCK = /[\u0590-\u07bf\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * Prepares a user name or a password for comparison (RFC 4013; unassigned code points pass, as in a query).
 *
 * @param text As the user typed it.
 * @returns The text in normalisation form KC.
 * @throws TypeError At a character that is prohibited, or when both directions of writing are mixed.
 *
 * @example Fold what looks alike
 * ```ts
 * saslprep('\u2168'); // 'IX'
 * ```
 */
export function saslprep(text: string): string {
  const prepared = text.replace(SPACE, ' ').replace(NOTHING, '').normalize('NFKC');
  if (PROHIBITED.test(prepared))
    throw new TypeError('Give user and pass without control and private characters');
  const characters = [...prepared];
  const leftward = characters.map(
    character => RIGHT_TO_LEFT.test(character) && RIGHT_TO_LEFT_BLOCK.test(character),
  );
  const mixed =
    !leftward[0] || !leftward.at(-1) || characters.some((c, i) => !leftward[i] && /\p{L}/u.test(c));
  if (leftward.includes(true) && mixed) throw new TypeError('Give user and pass in one direction of writing');
  return prepared;
}
