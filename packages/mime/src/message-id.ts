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
  return checkMessageId(newMessageId(domain, now, random), 'domain');
}

/** A new message id that is not checked yet. */
export function newMessageId(domain: string, now: Date, random: Randomness | undefined): string {
  return `<${now.getTime().toString(36)}.${randomText(random)}@${domain}>`;
}

/**
 * Refuses what is not a message id in angle brackets; a message id is never encoded, folded or mended.
 *
 * @throws MimeError `invalid-message-id`
 */
export function checkMessageId(id: string, field: string): string {
  return checkId(id, id, messageId, field, 'Write <left@right>');
}

/** A Content-ID in angle brackets, given with or without them; `@` is not asked for, since `cid:0` is in use. */
export function checkContentId(id: string, field: string): string {
  const bracketed = `${id}`.startsWith('<') ? id : `<${id}>`;
  return checkId(id, bracketed, contentId, field, 'Write <id> without spaces');
}

/** Whether a received id may be written as it is. */
export function isMessageId(id: string): boolean {
  return id.length <= lineOctets && messageId.test(id) && !/[^ -~]/.test(id);
}

function checkId(id: string, bracketed: string, syntax: RegExp, field: string, advice: string): string {
  refuseControls(id, field);
  refuseLonger(id, lineOctets, 'line-too-long', field);
  return syntax.test(bracketed) && !/[^ -~]/.test(id)
    ? bracketed
    : refuse('invalid-message-id', field, advice, id);
}
