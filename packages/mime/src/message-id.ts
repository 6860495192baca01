import { toHex } from './boundary.ts';
import { refuseControls, refuseLoneSurrogates } from './control-character.ts';
import { MimeError, quoteValue } from './error.ts';
import { lineOctets } from './limit.ts';
import { type Randomness, secureRandomness } from './randomness.ts';

const atext = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\u{10ffff}-]";
const messageId = new RegExp(
  `^<(?:${atext}+(?:\\.${atext}+)*|"(?:[^"\\\\]|\\\\.)*")@(?:${atext}+(?:\\.${atext}+)*|\\[[!-Z^-~]*\\])>$`,
  'u',
);
const contentId = /^<[!#-'*-;=?-[\]-~]+>$/;

/**
 * Makes a new message id: time, 128 random bits, domain (RFC 5322 §3.6.4).
 *
 * @param options.domain the right-hand side; give a domain of your own, so that ids stay unique.
 * @example
 * ```ts
 * import { makeMessageId } from '@posthaste/mime';
 *
 * makeMessageId({ domain: 'example.org' }); // '<lu2x6k1c.8e0f…@example.org>'
 * ```
 */
export function makeMessageId(options: {
  readonly domain: string;
  readonly now?: Date;
  readonly random?: Randomness;
}): string {
  const time = (options.now ?? new Date()).getTime();
  const random = toHex((options.random ?? secureRandomness)(16));
  return checkMessageId(`<${time.toString(36)}.${random}@${options.domain}>`, 'messageId');
}

/**
 * Refuses what is not a message id in angle brackets; a message id is never encoded, folded or mended.
 *
 * @throws MimeError `invalid-message-id` or `line-too-long`
 */
export function checkMessageId(id: string, field: string): string {
  refuseControls(id, field);
  refuseLoneSurrogates(id, field);
  if (id.length > lineOctets - 1) throw tooLong(id, field);
  if (messageId.test(id)) return id;
  throw new MimeError('invalid-message-id', `Write ${field} as <left@right>, not ${quoteValue(id)}`, {
    field,
  });
}

/** A Content-ID in angle brackets, given with or without them; `@` is not asked for, since `cid:0` is in use. */
export function checkContentId(id: string, field: string): string {
  refuseControls(id, field);
  const bracketed = id.startsWith('<') ? id : `<${id}>`;
  if (bracketed.length > lineOctets - 1) throw tooLong(id, field);
  if (contentId.test(bracketed)) return bracketed;
  throw new MimeError(
    'invalid-message-id',
    `Write ${field} in ASCII, without spaces or quotes, not ${quoteValue(id)}`,
    {
      field,
    },
  );
}

function tooLong(id: string, field: string): MimeError {
  return new MimeError(
    'line-too-long',
    `Shorten ${field} to ${lineOctets - 3} characters, not ${id.length}`,
    { field },
  );
}
