import { type AddressRules, checkAddress } from './address.ts';
import { refuseControls } from './control-character.ts';
import { encodeWords } from './encoded-word.ts';
import { MimeError, quoteValue } from './error.ts';
import { foldTokens } from './fold.ts';
import { defaultLimits, encodedWordLineColumns, foldColumns } from './limit.ts';
import type { Address, AddressList, Group, Mailbox } from './message.ts';
import { readAddresses, readMailbox } from './parse-mailbox.ts';

/** An address whose every part has been checked; domains are A-labels. */
export type CheckedAddress = Mailbox | { readonly group: string; readonly members: readonly Mailbox[] };

const atoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** Checks what a person gave for an address field; a string is one mailbox, and `headers` alone give lists as text. */
export function checkAddresses(input: AddressList, field: string, rules: AddressRules): CheckedAddress[] {
  if (!Array.isArray(input)) return [checkOne(input as Address, field, rules)];
  return input.map((address, i) => checkOne(address, `${field}[${i}]`, rules));
}

/** Checks an address list given as the text of a header field. */
export function checkAddressText(text: string, field: string, rules: AddressRules): CheckedAddress[] {
  return readAddresses(text, field).map(address => checkOne(address, field, rules));
}

function checkOne(address: Address, field: string, rules: AddressRules): CheckedAddress {
  if (typeof address === 'object' && address !== null && 'group' in address) {
    refuseControls(address.group, `${field}.group`, true);
    if (!Array.isArray(address.members)) throw wrongType(address.members, `${field}.members`);
    const members = address.members.map((member, i) => checkMailbox(member, `${field}.members[${i}]`, rules));
    return { group: address.group, members };
  }
  return checkMailbox(address, field, rules);
}

function checkMailbox(address: string | Mailbox, field: string, rules: AddressRules): Mailbox {
  if (typeof address === 'string') {
    refuseControls(address, field);
    // Reading is linear, and longer addresses than this are refused anyway.
    const bare = !/[\s<>",():;[]/.test(address);
    const { name, address: addrSpec } = bare ? { address, name: undefined } : readMailbox(address, field);
    const checked = checkAddress(addrSpec, field, rules);
    return name ? { name, address: checked } : { address: checked };
  }
  if (typeof address !== 'object' || address === null) throw wrongType(address, field);
  const checked = checkAddress(address.address, `${field}.address`, rules);
  if (address.name === undefined || address.name === '') return { address: checked };
  refuseControls(address.name, `${field}.name`, true);
  return { name: address.name, address: checked };
}

function wrongType(value: unknown, field: string): MimeError {
  return new MimeError('invalid-type', `Give ${field} as an address, not ${quoteValue(value)}`, { field });
}

/** Every mailbox of a list, group members included, in order. */
export function mailboxesOf(addresses: readonly CheckedAddress[]): Mailbox[] {
  return addresses.flatMap(address => ('group' in address ? address.members : address));
}

/** Writes an address field, folded between mailboxes where possible (RFC 5322 §3.4). */
export function formatAddresses(name: string, addresses: readonly CheckedAddress[], field: string): string {
  const tokens: string[] = [];
  for (let i = 0; i < addresses.length; i++) {
    const address = addresses[i] as CheckedAddress;
    const comma = i < addresses.length - 1 ? ',' : '';
    if ('group' in address) pushGroup(tokens, address, comma, tokens.length === 0 ? name.length + 2 : 1);
    else pushMailbox(tokens, address, comma, tokens.length === 0 ? name.length + 2 : 1);
  }
  const encoded = tokens.some(token => token.startsWith('=?'));
  const folded = foldTokens(name, tokens, encoded ? encodedWordLineColumns : foldColumns);
  if (folded !== undefined) return folded;
  throw new MimeError(
    'line-too-long',
    `Shorten the longest address of ${field}, which exceeds 998 octets on a line`,
    { field },
  );
}

function pushGroup(tokens: string[], { group, members }: Group, comma: string, column: number): void {
  const words = phrase(group, column);
  const last = words.length - 1;
  // An encoded word ends at white space (RFC 2047 §5), so the colon keeps its distance.
  if (words[last]?.startsWith('=?')) words.push(':');
  else words[last] += ':';
  tokens.push(...words);
  members.forEach((member, i) => {
    pushMailbox(tokens, member as Mailbox, i < members.length - 1 ? ',' : `;${comma}`, 1);
  });
  if (members.length === 0) tokens[tokens.length - 1] += `;${comma}`;
}

function pushMailbox(tokens: string[], { name, address }: Mailbox, after: string, column: number): void {
  if (!name) {
    tokens.push(address + after);
    return;
  }
  const words = phrase(name, column);
  const addressToken = `<${address}>${after}`;
  const whole = `${words.join(' ')} ${addressToken}`;
  // Together on one line, unless that line would be too long.
  if (whole.length < encodedWordLineColumns - column && !whole.startsWith('=?')) tokens.push(whole);
  else tokens.push(...words, addressToken);
}

/** A display name as atoms, a quoted-string or encoded words, each token unbreakable. */
function phrase(text: string, column: number): string[] {
  if (text === '') return ['""'];
  const encoded = encodeWords(text, { phrase: true, firstColumn: column });
  if (encoded !== text) return encoded.split('\r\n ');
  if (atoms.test(text)) return text.split(' ');
  return [`"${text.replace(/["\\]/g, '\\$&')}"`];
}

/**
 * Writes one mailbox or group on one line, as Python's `formataddr` does (RFC 5322 §3.4).
 *
 * @throws MimeError `invalid-address` and its relatives
 * @example
 * ```ts
 * import { formatMailbox } from '@posthaste/mime';
 *
 * formatMailbox({ name: 'Smith, John', address: 'john@example.org' }); // '"Smith, John" <john@example.org>'
 * ```
 */
export function formatMailbox(mailbox: Address, options: { readonly smtputf8?: boolean } = {}): string {
  const checked = checkOne(mailbox, 'mailbox', {
    addressOctets: defaultLimits.addressOctets,
    smtputf8: options.smtputf8,
  });
  const tokens: string[] = [];
  if ('group' in checked) pushGroup(tokens, checked, '', 0);
  else pushMailbox(tokens, checked, '', 0);
  return tokens.join(' ');
}
