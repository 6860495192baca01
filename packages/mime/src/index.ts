export { base64Length, encodeBase64, encodeBase64Into } from './base64.ts';
export { decodeBase64 } from './base64-decoder.ts';
export { Base64Encoder } from './base64-encoder.ts';
export { encodeBase64Url as toBase64Url } from './base64-url.ts';
export type { BodyPart, Parameter } from './body-part.ts';
export { type ComposeOptions, compose } from './compose.ts';
export { ComposedMessage, type Envelope } from './composed-message.ts';
export { inlineDataImages } from './data-image.ts';
export { formatDate, parseDate, type TimeZone } from './date-time.ts';
export { type DomainMapping, domainToASCII } from './domain.ts';
export { encodeWords } from './encoded-word.ts';
export { decodeWords } from './encoded-word-decoder.ts';
export { Entity, type EntityOptions } from './entity.ts';
export { entityOf } from './entity-of.ts';
export { HeaderInjectionError, MimeError, type MimeErrorCode } from './error.ts';
export { HeaderFields } from './header-fields.ts';
export type { Limits } from './limit.ts';
export { type LintWarning, lint } from './lint.ts';
export type { ListFields } from './list-field.ts';
export { formatMailbox } from './mailbox.ts';
export type * from './message.ts';
export { makeMessageId } from './message-id.ts';
export { encodeParameter } from './parameter.ts';
export { decodeParameters, parseParameters } from './parameter-decoder.ts';
export { parseAddressList, parseMailbox } from './parse-address-list.ts';
export {
  applicationPart,
  audioPart,
  imagePart,
  messagePart,
  multipart,
  type PartOptions,
  part,
  textPart,
} from './part.ts';
export type { Priority } from './priority.ts';
export { mapByPunycode } from './punycode-mapping.ts';
export {
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  quotedPrintableLength,
} from './quoted-printable.ts';
export { decodeQuotedPrintable } from './quoted-printable-decoder.ts';
export { QuotedPrintableEncoder } from './quoted-printable-encoder.ts';
export type { Randomness } from './randomness.ts';
export { forward, type ReceivedAddress, type ReceivedMessage, type ReplyOptions, reply } from './reply.ts';
export { type Resending, resend } from './resend.ts';
