/** Characters of an offending value that an error message repeats: enough to recognise it, too few to flood a log. */
const maxQuotedLength = 80;

/** What stands before the host in the address of a server: perhaps a password. */
const userInformation = /\b(smtps?:\/\/)\S*@/gi;

/** The value in double quotes, control characters escaped, passwords masked and long text cut, for an error message. */
export function quoted(value: unknown, maxLength: number = maxQuotedLength): string {
  const text = (typeof value === 'string' ? value : describe(value)).replace(userInformation, '$1***@');
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return 'an array';
  return 'an object';
}
