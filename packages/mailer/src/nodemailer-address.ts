import { type Address, type Mailbox, parseAddressList } from '@posthaste/mime';
import { MailerError } from './error.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';

/** One address as an object. */
export interface NodemailerAddress {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}

/** An address list as nodemailer takes it; a string may hold several addresses, separated by commas. */
export type NodemailerAddresses = string | NodemailerAddress | readonly NodemailerAddresses[];

/** Who a message is from and to on the wire, as nodemailer takes it. */
export interface NodemailerEnvelope {
  /** `false` for none. */
  readonly from?: NodemailerAddresses | false | undefined;
  readonly to?: NodemailerAddresses | null | undefined;
  readonly cc?: NodemailerAddresses | null | undefined;
  readonly bcc?: NodemailerAddresses | null | undefined;
}

const envelopeNames: KnownNames<NodemailerEnvelope> = { from: true, to: true, cc: true, bcc: true };

/**
 * Reads a list, or lists in lists; nothing in it is nobody.
 *
 * @throws MailerError `invalid-message`, or MimeError for a text that is no address list
 */
export function addressesOf(
  listed: NodemailerAddresses | null | undefined,
): Exclude<Address, string>[] | undefined {
  if (listed === undefined || listed === null) return undefined;
  const flat: unknown[] = [listed];
  return (flat.flat(Number.POSITIVE_INFINITY) as (string | NodemailerAddress)[]).flatMap(entry => {
    if (typeof entry === 'string') return entry.trim() === '' ? [] : parseAddressList(entry);
    if (typeof entry?.address !== 'string') {
      throw new MailerError(
        'invalid-message',
        `Give an address as a string or { name, address }, not ${quoted(entry)}`,
      );
    }
    return [{ address: entry.address, ...(entry.name && { name: entry.name }) }];
  });
}

/**
 * Translates nodemailer's envelope, in which everyone in to, cc and bcc is a recipient, once.
 *
 * @throws MailerError `unknown-option` or `invalid-message`, or MimeError for a text that is no address list
 */
export function envelopeOf(envelope: NodemailerEnvelope): { readonly from: string; readonly to: string[] } {
  checkOptionNames<NodemailerEnvelope>('an envelope', envelope, envelopeNames);
  const { from, to, cc, bcc } = envelope;
  if (from === undefined || from === null) {
    throw new MailerError('invalid-message', 'Give the envelope from, or false for the null reverse-path');
  }
  const [sender] = from === false ? [] : mailboxes(from);
  return { from: sender ?? '', to: [...new Set([to, cc, bcc].flatMap(mailboxes))] };
}

/** The bare addresses of a list, groups opened. */
function mailboxes(listed: NodemailerAddresses | null | undefined): string[] {
  return (addressesOf(listed) ?? []).flatMap(entry =>
    'group' in entry ? mailboxes(entry.members as readonly (string | Mailbox)[]) : [entry.address],
  );
}
