import { type AddressRules, checkAddress } from './address.ts';
import { refuseControls } from './control-character.ts';
import { encodeWords } from './encoded-word.ts';
import { refuse } from './error.ts';
import { foldTokens } from './fold.ts';
import { defaultLimits, encodedWordLineColumns, foldColumns } from './limit.ts';
import type { Address, AddressList, Group, Mailbox } from './message.ts';
import { readAddresses, readMailbox } from './parse-mailbox.ts';

/** An address whose every part has been checked; domains are A-labels. */
export type CheckedAddress = Mailbox | { readonly group: string; readonly members: readonly Mailbox[] };

/** Checks what a person gave for an address field. */
export function checkAddresses(input: AddressList, field: string, rules: AddressRules): CheckedAddress[] {
  if (!Array.isArray(input)) return [checkOne(input as Address, field, rules)];
  return input.map((address: Address, i) => checkOne(address, `${field}[${i}]`, rules));
}

/** Checks an address list given as the text of a header field. */
export function checkAddressText(text: string, field: string, rules: AddressRules): CheckedAddress[] {
  return readAddresses(text, field).map(address => checkOne(address, field, rules));
}

function checkOne(address: Address, field: string, rules: AddressRules): CheckedAddress {
  const { group, members } = Object(address) as Partial<Group>;
  if (group === undefined) return checkMailbox(address as string | Mailbox, field, rules);
  refuseControls(group, `${field}.group`, true);
  // RFC 5322 §3.4: a group has a display name.
  if (!group.trim()) refuse('invalid-address', `${field}.group`, 'Name the group');
  if (!Array.isArray(members)) refuse('invalid-type', `${field}.members`, 'Give an array', members);
  return {
    group,
    members: (members as Mailbox[]).map((member, i) => checkMailbox(member, `${field}.members[${i}]`, rules)),
  };
}

function checkMailbox(given: string | Mailbox, field: string, rules: AddressRules): Mailbox {
  let mailbox = given;
  if (typeof mailbox === 'string') {
    const isAddress = !/[\0-\x1f\x7f\s<>",():;[]/.test(mailbox);
    if (!isAddress) refuseControls(mailbox, field);
    mailbox = isAddress ? { address: mailbox } : readMailbox(mailbox, field);
  }
  const { name, address } = Object(mailbox) as Mailbox;
  const checked = checkAddress(address, `${field}.address`, rules);
  if (!name) return { address: checked };
  refuseControls(name, `${field}.name`, true);
  return { name, address: checked };
}

/** Every mailbox of a list, group members included, in order. */
export function mailboxesOf(addresses: readonly CheckedAddress[]): Mailbox[] {
  const mailboxes: Mailbox[] = [];
  for (const address of addresses) {
    // One by one: an argument list has room for some ten thousands only.
    for (const mailbox of 'group' in address ? address.members : [address]) mailboxes.push(mailbox);
  }
  return mailboxes;
}

/**
 * Writes an address field, folded between mailboxes where possible (RFC 5322 §3.4).
 *
 * @throws MimeError `invalid-address` for a field that would be empty, authors without a mailbox, several senders
 */
export function formatAddresses(name: string, addresses: readonly CheckedAddress[], field: string): string {
  const [first, second] = /from$/i.test(name) ? mailboxesOf(addresses) : addresses;
  if (!first || (/sender$/i.test(name) && (second || 'group' in first)))
    refuse('invalid-address', field, 'Write one mailbox');
  const tokens = addressTokens(addresses, name.length + 2);
  const encoded = tokens.some(token => token.startsWith('=?'));
  return foldTokens(name, tokens, field, encoded ? encodedWordLineColumns : foldColumns);
}

/** Tokens that no fold may cut; a mailbox that fits on a line is one of them. */
function addressTokens(addresses: readonly CheckedAddress[], firstColumn: number): string[] {
  const tokens: string[] = [];
  const push = (list: readonly CheckedAddress[], end: string): void =>
    list.forEach((address, i) => {
      const after = i < list.length - 1 ? ',' : end;
      if ('group' in address) {
        const words = phrase(address.group, tokens.length > 0 ? 1 : firstColumn);
        const colon = address.members.length > 0 ? ':' : `:;${after}`;
        // An encoded word ends at white space (RFC 2047 §5), so the colon keeps its distance.
        if (words[0]?.startsWith('=?')) words.push(colon);
        else words.push(words.pop() + colon);
        for (const word of words) tokens.push(word);
        push(address.members, `;${after}`);
      } else if (address.name) {
        const words = phrase(address.name, tokens.length > 0 ? 1 : firstColumn);
        words.push(`<${address.address}>${after}`);
        const whole = words.join(' ');
        const fits = whole.length < encodedWordLineColumns - firstColumn && !whole.startsWith('=?');
        for (const word of fits ? [whole] : words) tokens.push(word);
      } else tokens.push(address.address + after);
    });
  push(addresses, '');
  return tokens;
}

/** What atoms one space apart do not have. */
const beyondAtoms = /[^ \w!#$%&'*+/=?^`{|}~-]|^ | $| {2}/;

/** A display name as atoms, a quoted-string or encoded words. */
export function phrase(text: string, firstColumn: number): string[] {
  const encoded = encodeWords(text, { phrase: true, firstColumn });
  if (encoded !== text) return encoded.split('\r\n ');
  return beyondAtoms.test(text) ? [`"${text.replace(/["\\]/g, '\\$&')}"`] : text.split(' ');
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
  const rules = { addressOctets: defaultLimits.addressOctets, smtputf8: options.smtputf8 };
  return addressTokens([checkOne(mailbox, 'mailbox', rules)], 0).join(' ');
}
