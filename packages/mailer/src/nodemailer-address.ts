import { type Address, type Mailbox, parseAddressList } from '@posthaste/mime';
import { MailerError } from './error.ts';
import type { EnvelopeInput } from './message-input.ts';
import { checkOptionNames, type KnownNames, refuseElsewhere } from './option-check.ts';
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
  /** Octets of the message, to be named to the server (RFC 1870 §3); default: as they are counted here. */
  readonly size?: number | null | undefined;
}

const envelopeNames: KnownNames<NodemailerEnvelope> = {
  from: true,
  to: true,
  cc: true,
  bcc: true,
  size: true,
};

/** What stands in an envelope with nodemailer and elsewhere here. */
const elsewhere: Readonly<Record<string, string>> = {
  dsn: 'Pass dsn: { ret, envid, notify, orcpt } to send of the mailer, in its second argument',
  requireTLSExtensionEnabled: 'Pass requireTls: true to send of the mailer, in its second argument',
  use8BitMime: 'Leave use8BitMime out, for 8BITMIME is asked for when a message needs it',
};

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
export function envelopeOf(envelope: NodemailerEnvelope): EnvelopeInput {
  refuseElsewhere('an envelope', envelope, elsewhere);
  checkOptionNames<NodemailerEnvelope>('an envelope', envelope, envelopeNames);
  const { from, to, cc, bcc, size } = envelope;
  if (from === undefined || from === null) {
    throw new MailerError('invalid-message', 'Give the envelope from, or false for the null reverse-path');
  }
  const [sender] = from === false ? [] : mailboxes(from);
  return {
    from: sender ?? '',
    to: [...new Set([to, cc, bcc].flatMap(mailboxes))],
    ...(size !== undefined && size !== null && { size }),
  };
}

/** The bare addresses of a list, groups opened. */
function mailboxes(listed: NodemailerAddresses | null | undefined): string[] {
  return (addressesOf(listed) ?? []).flatMap(entry =>
    'group' in entry ? mailboxes(entry.members as readonly (string | Mailbox)[]) : [entry.address],
  );
}
