import { arrange } from './arrange.ts';
import type { BodyPart } from './body-part.ts';
import type { ComposeOptions } from './compose.ts';
import { formatDate } from './date-time.ts';
import { decodeWords } from './encoded-word-decoder.ts';
import { Entity } from './entity.ts';
import { headerPairs } from './header.ts';
import { defaultLimits } from './limit.ts';
import { listFieldPairs } from './list-field.ts';
import { type CheckedAddress, checkAddresses } from './mailbox.ts';
import type { AddressList, Mailbox, Message } from './message.ts';
import { parseParameters } from './parameter-decoder.ts';
import { priorityFields } from './priority.ts';

/**
 * Turns a message into an entity, to be changed and composed later (Django: EmailMessage.message()).
 *
 * Bcc becomes a field of the entity, which its `compose` takes into the envelope and never writes.
 *
 * @throws MimeError for what cannot stand in a message
 * @example
 * ```ts
 * import { entityOf } from '@posthaste/mime';
 *
 * entityOf({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hi' }).addHeader('X-Mailer', 'mine');
 * ```
 */
export function entityOf(message: Message, options: Pick<ComposeOptions, 'timeZone'> = {}): Entity {
  const entity = copyOf(arrange(message));
  const own = headerPairs(message.headers);
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  const rules = { addressOctets: defaultLimits.addressOctets, smtputf8: message.smtputf8 };
  const setAddresses = (name: string, given: AddressList | undefined, field: string): void => {
    if (given !== undefined) set(name, addressText(checkAddresses(given, field, rules)));
  };
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '' && !replaced.has(name.toLowerCase()))
      entity.headers.append(name, value);
  };
  setAddresses('From', message.from, 'from');
  setAddresses('Sender', message.sender, 'sender');
  setAddresses('Reply-To', message.replyTo, 'replyTo');
  setAddresses('To', message.to, 'to');
  setAddresses('Cc', message.cc, 'cc');
  set('Subject', message.subject);
  set('Date', message.date && formatDate(message.date, { timeZone: options.timeZone }));
  set('Message-ID', message.messageId);
  set('In-Reply-To', [message.inReplyTo ?? []].flat().join(' '));
  set('References', [message.references ?? []].flat().join(' '));
  setAddresses('Disposition-Notification-To', message.readReceiptTo, 'readReceiptTo');
  setAddresses('Return-Receipt-To', message.deliveryReceiptTo, 'deliveryReceiptTo');
  set('Auto-Submitted', message.autoSubmitted);
  for (const [name, value] of [...listFieldPairs(message.list), ...priorityFields(message.priority)])
    set(name, value);
  for (const [name, value] of own) entity.headers.append(name, value);
  setAddresses('Bcc', message.bcc, 'bcc');
  return entity;
}

/** A part tree as entities, copied without recursion. */
function copyOf(root: BodyPart): Entity {
  const copy = shallow(root);
  const stack: [BodyPart, Entity][] = [[root, copy]];
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    const [source, target] = pair;
    for (const part of source.parts ?? []) {
      const child = part instanceof Entity ? part : shallow(part);
      target.attach(child);
      if (child !== part) stack.push([part, child]);
    }
  }
  return copy;
}

function shallow(part: BodyPart): Entity {
  const { type, parameters, content, parts, encoding, canonical } = part;
  const headers = part instanceof Entity ? part.headers : [];
  // A file's line ends are octets like others, even in text.
  const entity = new Entity(type, {
    content,
    encoding,
    canonical: canonical ?? false,
    parts: parts && [],
    headers,
  });
  for (const [name, value] of parameters) entity.setParameter(name, value);
  const text = part.fields({ addressOctets: defaultLimits.addressOctets });
  // Their fields need not be read again.
  if (part instanceof Entity) return entity;
  for (const line of text.split(/\r\n(?![ \t])/).filter(Boolean)) {
    const name = line.slice(0, line.indexOf(':'));
    const value = line
      .slice(name.length + 1)
      .replaceAll('\r\n', '')
      .trim();
    if (name !== 'Content-Disposition') entity.headers.append(name, decodeWords(value));
    else {
      const disposition = parseParameters(value);
      entity.headers.append(name, disposition.value, Object.fromEntries(disposition.parameters));
    }
  }
  return entity;
}

/** An address list as header text, names quoted and not encoded yet. */
function addressText(addresses: readonly CheckedAddress[]): string {
  return addresses
    .map(address => {
      if (!('group' in address)) return mailboxText(address);
      return `${quoted(address.group)}: ${address.members.map(mailboxText).join(', ')};`;
    })
    .join(', ');
}

function mailboxText({ name, address }: Mailbox): string {
  return name ? `${quoted(name)} <${address}>` : address;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
