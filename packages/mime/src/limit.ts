import { type MimeErrorCode, refuse } from './error.ts';

/** Bounds on what a message may ask for; each one an option of `compose`. */
export interface Limits {
  /** Mailboxes in the envelope. Default 1,000, what most servers take at most (RFC 5321 §4.5.3.1.8 asks for 100). */
  readonly recipients?: number | undefined;
  /** Octets of one address as given. Default 8,192. */
  readonly addressOctets?: number | undefined;
  /** Levels of multipart and message inside one another. Default 100, Python's and postal-mime's order of magnitude. */
  readonly nesting?: number | undefined;
}

/** Refuses text that is longer than a limit, in characters; a limit that is no number lets nothing pass. */
export function refuseLonger(text: string, limit: number, code: MimeErrorCode, field: string): void {
  if (!(text.length <= limit)) refuse(code, field, `Shorten to ${limit} characters`, text, limit);
}

export const defaultLimits: Readonly<Record<keyof Limits, number>> = {
  recipients: 1000,
  addressOctets: 8192,
  nesting: 100,
};

/** Octets of one line without CRLF (RFC 5322 §2.1.1). */
export const lineOctets = 998;
/** Characters of a file name, and of a content type with its parameters; file systems take 255. */
export const parameterCharacters = 4096;
/** Columns after which a header line is folded (RFC 5322 §2.1.1). */
export const foldColumns = 78;
/** Columns of a line that holds an encoded word (RFC 2047 §2). */
export const encodedWordLineColumns = 76;
