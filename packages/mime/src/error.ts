/** What went wrong, as a literal a `switch` can narrow. */
export type MimeErrorCode =
  | 'control-character'
  | 'lone-surrogate'
  | 'invalid-type'
  | 'invalid-address'
  | 'invalid-domain'
  | 'smtputf8-required'
  | 'too-many-recipients'
  | 'missing-from'
  | 'missing-sender'
  | 'invalid-header'
  | 'invalid-header-name'
  | 'reserved-header'
  | 'duplicate-header'
  | 'line-too-long'
  | 'invalid-date'
  | 'invalid-message-id'
  | 'invalid-content-type'
  | 'invalid-parameter'
  | 'invalid-filename'
  | 'invalid-encoding'
  | 'invalid-content'
  | 'invalid-option'
  | 'nesting-too-deep'
  | 'boundary-collision'
  | 'already-read'
  | 'not-multipart'
  | 'signing-failed';

/** Where in a message the offending value stands. */
export interface MimeErrorPlace {
  /** Path of the field in the message, such as `to[0].name`. */
  readonly field?: string | undefined;
  /** Offset of the offending character in the value, in UTF-16 units, or octets for content. */
  readonly position?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Refusal of a message that cannot be written faithfully.
 *
 * @example Tell a person which field to correct
 * ```ts
 * import { compose, MimeError } from '@posthaste/mime';
 *
 * try {
 *   compose({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi\r\nBcc: eve@example.com' });
 * } catch (error) {
 *   if (error instanceof MimeError) console.log(error.code, error.field, error.position);
 * }
 * ```
 */
export class MimeError extends Error {
  override readonly name: string = 'MimeError';
  readonly code: MimeErrorCode;
  readonly field: string | undefined;
  readonly position: number | undefined;

  constructor(code: MimeErrorCode, message: string, place: MimeErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.field = place.field;
    this.position = place.position;
  }
}

/** Refusal of a control character where a header line would be built from it: an attempt to inject a header. */
export class HeaderInjectionError extends MimeError {
  override readonly name: string = 'HeaderInjectionError';
}

const quotableCharacters = 80;

/** Quotes a value for an error message, control and direction characters escaped, cut after 80 characters. */
export function quoteValue(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null;
  const text = isObject ? Object.prototype.toString.call(value) : String(value);
  const shown = text.length > quotableCharacters ? `${text.slice(0, quotableCharacters)}…` : text;
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Refuses a value.
 *
 * @param field path of the value in the message.
 * @param advice what to do, in the imperative.
 */
export function refuse(
  code: MimeErrorCode,
  field: string,
  advice: string,
  value?: unknown,
  position?: number,
  cause?: unknown,
): never {
  const message = `${advice} (${field})${value === undefined ? '' : `, not ${quoteValue(value)}`}`;
  const place = { field, position, cause };
  throw code === 'control-character'
    ? new HeaderInjectionError(code, message, place)
    : new MimeError(code, message, place);
}

/**
 * Works on a field; what is thrown there by anything but the composer, since a value is of another type or a getter
 * fails, comes out as a refusal of that field, with the first error as its cause.
 *
 * @throws MimeError `invalid-type`, or what the work refuses
 */
export function guarded<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof MimeError) throw cause;
    return refuse('invalid-type', field, 'Check its type', undefined, undefined, cause);
  }
}
