import type { AddressRules } from './address.ts';
import type { Attachment, Content, EncodingChoice } from './message.ts';

/** One node of the MIME tree, ready to be written: its type, its further header fields, and its body. */
export interface BodyPart {
  /** `type/subtype`. */
  readonly type: string;
  /** Parameters of Content-Type, in order. */
  readonly parameters: readonly Parameter[];
  /** What a leaf holds. */
  readonly content?: Content | undefined;
  /** What a multipart holds. */
  readonly parts?: readonly BodyPart[] | undefined;
  readonly encoding?: EncodingChoice | undefined;
  /** Whether line ends of any kind are written as CR LF; octets of a file are kept instead. */
  readonly canonical?: boolean | undefined;
  /** Path of the part in the message, for errors. */
  readonly field?: string | undefined;
  /** Formats the header fields but Content-Type and Content-Transfer-Encoding; each ends in CR LF. */
  fields(rules: AddressRules): string;
}

export type Parameter = readonly [name: string, value: string];

/** Whether an attachment is given as a part of its own. */
export function isBodyPart(attachment: Attachment | BodyPart): attachment is BodyPart {
  return typeof (Object(attachment) as Partial<BodyPart>).fields === 'function';
}
