import type { ComposedMessage } from './composed-message.ts';
import { octetsOf } from './content.ts';
import { sniffContentType } from './content-kind.ts';
import { Entity, type EntityOptions } from './entity.ts';
import { refuse } from './error.ts';
import type { Content } from './message.ts';

/** How a leaf is made. */
export type PartOptions = Pick<EntityOptions, 'encoding' | 'headers' | 'canonical'>;

/**
 * Makes a part of any type (Python: MIMEBase, MIMENonMultipart).
 *
 * @param contentType `type/subtype; name=value`.
 * @throws MimeError `invalid-content-type`
 * @example
 * ```ts
 * import { part } from '@posthaste/mime';
 *
 * part('application/pgp-keys', '-----BEGIN PGP PUBLIC KEY BLOCK-----').addHeader('Content-Description', 'My key');
 * ```
 */
export function part(contentType: string, content: Content, options: PartOptions = {}): Entity {
  return new Entity(contentType, { ...options, content });
}

/**
 * Makes a text part (Python: MIMEText).
 *
 * @param content a string, written as UTF-8, or octets in the charset named.
 * @param subtype `plain` by default.
 * @example
 * ```ts
 * import { textPart } from '@posthaste/mime';
 *
 * textPart('<p>Grüße</p>', 'html');
 * ```
 */
export function textPart(
  content: string | Uint8Array,
  subtype = 'plain',
  options: PartOptions & { readonly charset?: string } = {},
): Entity {
  const entity = new Entity(`text/${subtype}`, { ...options, content });
  const { charset = 'utf-8' } = options;
  entity.setParameter('charset', charset);
  if (typeof content === 'string' && !/^utf-?8$/i.test(charset)) {
    refuse('invalid-content', 'charset', 'Give octets for a charset other than UTF-8', charset);
  }
  return entity;
}

/**
 * Makes a multipart (Python: MIMEMultipart).
 *
 * @param subtype `mixed`, `alternative`, `related`, `report`, or any other.
 * @param parameters of Content-Type, such as `{ boundary }` or `{ 'report-type': 'delivery-status' }`.
 * @example
 * ```ts
 * import { multipart, textPart } from '@posthaste/mime';
 *
 * multipart('alternative', [textPart('Hi'), textPart('<p>Hi</p>', 'html')]);
 * ```
 */
export function multipart(
  subtype: string,
  parts: readonly Entity[] = [],
  parameters: Readonly<Record<string, string>> = {},
  options: Pick<EntityOptions, 'headers'> = {},
): Entity {
  const entity = new Entity(`multipart/${subtype}`, { ...options, parts });
  // RFC 2387 §3.1 requires the type of the root.
  if (subtype === 'related' && parts[0]) entity.setParameter('type', parts[0].type);
  for (const [name, value] of Object.entries(parameters)) entity.setParameter(name, value);
  return entity;
}

/**
 * Makes an image part, its subtype found by the leading octets unless given (Python: MIMEImage).
 *
 * @throws MimeError `invalid-content-type` where the octets tell no image
 */
export function imagePart(content: Content, subtype?: string, options?: PartOptions): Entity {
  return part(mediaType('image', content, subtype), content, options);
}

/**
 * Makes an audio part, its subtype found by the leading octets unless given (Python: MIMEAudio).
 *
 * @throws MimeError `invalid-content-type` where the octets tell no sound
 */
export function audioPart(content: Content, subtype?: string, options?: PartOptions): Entity {
  return part(mediaType('audio', content, subtype), content, options);
}

/** Makes a part of type `application/octet-stream` or another subtype (Python: MIMEApplication). */
export function applicationPart(content: Content, subtype = 'octet-stream', options?: PartOptions): Entity {
  return part(`application/${subtype}`, content, options);
}

/** Makes a part of a whole message, as composed or as octets (Python: MIMEMessage). */
export function messagePart(
  message: ComposedMessage | Uint8Array | string,
  subtype = 'rfc822',
  options?: PartOptions,
): Entity {
  return part(`message/${subtype}`, message, options);
}

function mediaType(main: string, content: Content, subtype: string | undefined): string {
  if (subtype !== undefined) return `${main}/${subtype}`;
  const octets = typeof content === 'string' ? undefined : octetsOf(content);
  const found = octets && sniffContentType(octets);
  return found?.startsWith(`${main}/`)
    ? found
    : refuse('invalid-content-type', 'subtype', `Name the subtype of ${main}`, found);
}
