import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import { lineOctets, refuseLonger } from './limit.ts';
import { type Randomness, randomText } from './randomness.ts';

/** `<`, a dot-atom or quoted-string, `@`, a dot-atom or literal, `>` (RFC 5322 §3.6.4). */
const messageId =
  /^<(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|"(?:[^"\\]|\\.)*")@(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|\[[!-Z^-~]*\])>$/;
const contentId = /^<[!#-'*-;=?-[\]-~]+>$/;

/**
 * Makes a new message id: time, random text, domain (RFC 5322 §3.6.4).
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
  readonly random?: Randomness | undefined;
}): string {
  const { domain, now = new Date(), random } = options;
  return checkMessageId(`<${now.getTime().toString(36)}.${randomText(random)}@${domain}>`, 'domain');
}

/**
 * Refuses what is not a message id in angle brackets; a message id is never encoded, folded or mended.
 *
 * @throws MimeError `invalid-message-id`
 */
export function checkMessageId(id: string, field: string): string {
  refuseControls(id, field);
  refuseLonger(id, lineOctets, 'line-too-long', field);
  return messageId.test(id) && !/[^ -~]/.test(id)
    ? id
    : refuse('invalid-message-id', field, 'Write <left@right>', id);
}

/** A Content-ID in angle brackets, given with or without them; `@` is not asked for, since `cid:0` is in use. */
export function checkContentId(id: string, field: string): string {
  refuseControls(id, field);
  refuseLonger(id, lineOctets, 'line-too-long', field);
  const bracketed = id.startsWith('<') ? id : `<${id}>`;
  return contentId.test(bracketed)
    ? bracketed
    : refuse('invalid-message-id', field, 'Write <id> in ASCII without spaces or quotes', id);
}
