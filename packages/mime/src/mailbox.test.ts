import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import addressVectors from '../vectors/address.json' with { type: 'json' };
import listVectors from '../vectors/address-list.json' with { type: 'json' };
import mailboxVectors from '../vectors/mailbox.json' with { type: 'json' };
import { checkAddress } from './address.ts';
import { MimeError } from './error.ts';
import { checkAddresses, formatAddresses, formatMailbox, mailboxesOf } from './mailbox.ts';
import type { Address } from './message.ts';
import { parseAddressList, parseMailbox } from './parse-address-list.ts';

const rules = { addressOctets: 8192 };

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MimeError) return error.code;
    throw error;
  }
  return 'nothing was refused';
}

test.each(listVectors)('reads $name ($source)', ({ text, list, refused }) => {
  if (refused) expect(codeOf(() => parseAddressList(text))).toBe('invalid-address');
  else expect(parseAddressList(text)).toEqual(list);
});

test.each(mailboxVectors)('writes $name ($source)', ({ mailbox, text }) => {
  expect(formatMailbox(mailbox as Address)).toBe(text);
});

test.each(addressVectors)('address: $name ($source)', ({ address, written, smtputf8, code }) => {
  const check = () => checkAddress(address, 'to', { ...rules, smtputf8 });
  if (code === undefined) expect(check()).toBe(written);
  else expect(codeOf(check)).toBe(code);
});

test.each([
  ['a\ud800b@example.org', 'invalid-address'],
  ['a@b\ud800b.example', 'invalid-domain'],
])('refuses half of a surrogate pair in %j', (address, code) => {
  expect(codeOf(() => checkAddress(address, 'to', { ...rules, smtputf8: true }))).toBe(code);
});

describe('parseMailbox', () => {
  test.each(['', 'a@example.org, b@example.org', 'G: a@example.org;'])(
    'refuses %j, which is not one mailbox',
    text => {
      expect(codeOf(() => parseMailbox(text))).toBe('invalid-address');
    },
  );

  test('reads what is folded (RFC 5322 §2.2.3)', () => {
    const mailbox = { name: 'Smith, John', address: 'j@example.org' };
    expect(parseMailbox('"Smith,\r\n John"\r\n\t<j@example.org>')).toEqual(mailbox);
    expect(parseAddressList('"A\r\n B": "Smith,\r\n John" <j@example.org>;')).toEqual([
      { group: 'A B', members: [mailbox] },
    ]);
  });

  test('names the position of what is wrong', () => {
    expect(() => parseMailbox('Ann <a@example.org')).toThrow(expect.objectContaining({ position: 5 }));
  });

  test('reads back every name that formatMailbox writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), raw => {
        const name = raw.replace(/[\0-\x1f\x7f]/g, '').trim();
        const text = formatMailbox({ name, address: 'ann@example.org' });
        expect(parseMailbox(text.replaceAll('\r\n', ''))).toEqual(
          name ? { name, address: 'ann@example.org' } : { address: 'ann@example.org' },
        );
      }),
    );
  });

  test.each([
    ['quotes', '"'.repeat(3_000_000)],
    ['escapes', `"${'\\"'.repeat(5_000_000)}`],
    ['parentheses', '('.repeat(10_000_000)],
    ['spaces', `a${' '.repeat(10_000_000)}b`],
    ['commas', ','.repeat(2_000_000)],
    ['atoms', 'a.'.repeat(5_000_000)],
  ])(
    // Quadratic time would be hours.
    'takes megabytes of %s in linear time',
    (_, text) => {
      expect(codeOf(() => parseMailbox(text))).toBe('invalid-address');
    },
    120_000,
  );
});

describe('formatAddresses', () => {
  const write = (list: readonly Address[], name = 'To') =>
    formatAddresses(name, checkAddresses(list, 'to', rules), 'to');

  test('folds between mailboxes at every width around 78', () => {
    for (let width = 20; width < 80; width++) {
      const list = [
        { address: 'a@example.org' },
        { name: 'B', address: `${'b'.repeat(width)}@example.org` },
        { address: 'c@example.org' },
      ];
      const lines = write(list).split('\r\n').slice(0, -1);
      for (const line of lines)
        if (line.includes(' ', 1) && !/^ \S+$/.test(line)) expect(line.length).toBeLessThanOrEqual(78);
      expect(parseAddressList(lines.join('').slice(4))).toEqual(list);
    }
  });

  test('keeps lines with encoded words within 76 columns', () => {
    const list = Array.from({ length: 20 }, (_, i) => ({
      name: `Jörg ${'x'.repeat(i * 5)} 語`,
      address: `user${i}@example.org`,
    }));
    for (const line of write(list).split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
  });

  test('keeps an unbreakable address of 998 octets whole and refuses a longer one', () => {
    const local = (octets: number) => `${'a'.repeat(octets - '@example.org'.length - 1)}@example.org`;
    expect(write([local(998)])).toBe(`To:\r\n ${local(998)}\r\n`);
    expect(codeOf(() => write([local(999)]))).toBe('line-too-long');
  });

  test('counts octets of internationalised addresses', () => {
    const utf8 = { ...rules, smtputf8: true };
    const list = checkAddresses([`${'é'.repeat(500)}@example.org`], 'to', utf8);
    expect(codeOf(() => formatAddresses('To', list, 'to'))).toBe('line-too-long');
  });

  test('lists group members among the mailboxes', () => {
    const list = checkAddresses(
      ['a@example.org', { group: 'G', members: ['b@example.org', { address: 'c@example.org' }] }],
      'to',
      rules,
    );
    expect(mailboxesOf(list).map(({ address }) => address)).toEqual([
      'a@example.org',
      'b@example.org',
      'c@example.org',
    ]);
    expect(formatAddresses('To', list, 'to')).toBe('To: a@example.org, G: b@example.org, c@example.org;\r\n');
  });
});

describe('checkAddresses', () => {
  test.each([
    ['a number', 5, 'invalid-type'],
    ['null', null, 'invalid-type'],
    ['a group without members', { group: 'G' }, 'invalid-type'],
    ['a name that is no string', { name: 5, address: 'a@example.org' }, 'invalid-type'],
    ['two mailboxes in one string', 'a@example.org, b@example.org', 'invalid-address'],
    ['a group in a string', 'G: a@example.org;', 'invalid-address'],
  ])('refuses %s', (_, given, code) => {
    expect(codeOf(() => checkAddresses([given as unknown as Address], 'to', rules))).toBe(code);
  });

  test('refuses an address above the limit before looking at it', () => {
    expect(codeOf(() => checkAddresses([`${'a'.repeat(10_000_000)}@example.org`], 'to', rules))).toBe(
      'invalid-address',
    );
  });
});
