import { arrange } from './arrange.ts';
import { ComposedMessage, type Envelope } from './composed-message.ts';
import type { TimeZone } from './date-time.ts';
import type { DomainMapping } from './domain.ts';
import { guarded, refuse } from './error.ts';
import { defaultLimits, type Limits } from './limit.ts';
import type { Message } from './message.ts';
import { writeHeader } from './message-header.ts';
import type { Randomness } from './randomness.ts';
import { serialize } from './serialize.ts';

/** What composing depends on besides the message: same message, clock and randomness, same octets. */
export interface ComposeOptions {
  /** The time for Date and Message-ID where the message names none. */
  readonly now?: Date | undefined;
  /** Source of the random octets in Message-ID and boundaries; the runtime's Web Crypto by default. */
  readonly random?: Randomness | undefined;
  /** Zone in which Date is written: `+0000` by default, since a zone tells where a person is. */
  readonly timeZone?: TimeZone | undefined;
  readonly limits?: Limits | undefined;
  /** Maps internationalised domains to A-labels; WHATWG URL's mapping (UTS 46) by default. */
  readonly mapDomain?: DomainMapping | undefined;
}

/**
 * Composes a message: checks it, lays it out, and gives its octets when they are read.
 *
 * @param message what to write, as a person would put it.
 * @param options clock, randomness, time zone, limits and domain mapping.
 * @throws MimeError, with code, field and position, before a single octet is written
 * @see RFC 5322, RFC 2045 to 2049
 * @example Text and HTML with an attachment
 * ```ts
 * import { compose } from '@posthaste/mime';
 *
 * const composed = compose({
 *   from: 'Ann <ann@example.org>',
 *   to: [{ name: 'Bob Müller', address: 'bob@example.net' }],
 *   subject: 'Grüße 🚀',
 *   text: 'See the picture.',
 *   html: '<p>See the <b>picture</b>.</p>',
 *   attachments: [{ filename: '图.png', content: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]) }],
 * });
 * const bytes = await composed.bytes();
 * ```
 */
export function compose(message: Message, options: ComposeOptions = {}): ComposedMessage {
  if (Object(message) !== message) refuse('invalid-type', 'message', 'Give a message', message);
  return guarded('message', () => {
    const settings = guarded('options', () => settingsOf(message, options));
    const header = writeHeader(message, settings);
    const { pieces, domain, utf8, height } = serialize(arrange(message), header.text, settings);
    const envelope: Envelope = domain === '7bit' ? header.envelope : { ...header.envelope, body: domain };
    return new ComposedMessage(
      utf8 ? { ...envelope, smtputf8: true } : envelope,
      header.messageId,
      pieces,
      height,
    );
  });
}

function settingsOf({ smtputf8, headers }: Message, { limits, ...options }: ComposeOptions) {
  const limit = (name: keyof Limits): number => limits?.[name] ?? defaultLimits[name];
  return {
    ...options,
    now: options.now ?? new Date(),
    smtputf8,
    headers,
    recipients: limit('recipients'),
    addressOctets: limit('addressOctets'),
    nesting: limit('nesting'),
  };
}
