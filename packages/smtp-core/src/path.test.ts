import { describe, expect, test } from 'vitest';
import { checkPath, formatPath, isDomain, parsePath } from './path.ts';

test('an address becomes a path, no address the null path', () => {
  expect([formatPath('a@x.test'), formatPath('')]).toEqual(['<a@x.test>', '<>']);
});

describe('what cannot be written as a path', () => {
  test.each([
    '',
    'a@x.test',
    '"a b"@x.test',
    '"<a>"@x.test',
    '"a\\"b c"@x.test',
    'ö@ü.test',
    'a@[IPv6:::1]',
    'a',
    '"a b"',
  ])('%j can', path => {
    expect(checkPath(path)).toBeUndefined();
  });

  test.each([
    ['a@x.test\r\nRSET', 'control'],
    ['"a\nb"@x.test', 'control'],
    ['a\0@x.test', 'control'],
    ['a\x7f@x.test', 'control'],
    ['a@x.test\t', 'control'],
    ['a\ud800@x.test', 'surrogate'],
    ['a b@x.test', 'space'],
    ['"a b"@x.test SIZE=1', 'space'],
    ['a@x.test>', 'angle'],
    ['<a@x.test', 'angle'],
    ['"a"@x.test>', 'angle'],
    ['"a b', 'closing quote'],
    ['"a b\\"', 'closing quote'],
    ['"a"> SIZE=1 "@x.test', 'goes on'],
    ['a"b c"@x.test', 'space'],
  ])('%j holds or lacks: %s', (path, reason) => {
    expect(checkPath(path)).toContain(reason);
  });
});

describe('reading a path', () => {
  test.each([
    ['<>', ''],
    ['<a@x.test>', 'a@x.test'],
    ['<a.b+c=d/e@x-y.z1.test>', 'a.b+c=d/e@x-y.z1.test'],
    ['<"">', undefined],
    ['<""@x.test>', '""@x.test'],
    ['<"a@b>\\" "@x.test>', '"a@b>\\" "@x.test'],
    ['<@r.test:a@x.test>', 'a@x.test'],
    ['<@r.test,@s.test:a@x.test>', 'a@x.test'],
    ['<Postmaster>', 'Postmaster'],
    ['<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
    ['<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
    ['<ö@ü.test>', 'ö@ü.test'],
    [`<${'a'.repeat(247)}@x.test>`, `${'a'.repeat(247)}@x.test`],
    [`<${'a'.repeat(248)}@x.test>`, undefined],
    ['<@r.test:Postmaster>', undefined],
    ['<@r.test:>', undefined],
    ['<@:a@x.test>', undefined],
    ['<@r.test;a@x.test>', undefined],
    ['', undefined],
    ['a@x.test', undefined],
    ['<a@x.test', undefined],
    ['<a', undefined],
    ['<a>', undefined],
    ['<@x.test>', undefined],
    ['<a@>', undefined],
    ['<a.@x.test>', undefined],
    ['<.a@x.test>', undefined],
    ['<a..b@x.test>', undefined],
    ['<a b@x.test>', undefined],
    ['<a@b@x.test>', undefined],
    ['<a@x.test >', undefined],
    ['<"a@x.test>', undefined],
    ['<"a"b@x.test>', undefined],
  ])('%s', (text, address) => {
    const expected = address === undefined ? undefined : { address, end: text.length };
    expect(parsePath(text)).toEqual(expected);
    const shifted = address === undefined ? undefined : { address, end: text.length + 3 };
    expect(parsePath(`TO:${text} X=1`, 3)).toEqual(shifted);
  });
});

describe('domains and address literals', () => {
  test.each([
    'x',
    'x.test',
    '1.test',
    'x--y.test',
    'ü.test',
    '[0.0.0.0]',
    '[255.255.255.255]',
    '[IPv6:::]',
    '[ipv6:1:2:3:4:5:6:7:8]',
  ])('%s is one', text => {
    expect(isDomain(text)).toBe(true);
  });
  test.each(['[IPv6:1::]', '[IPv6:1:2:3:4:5:6:192.0.2.1]', '[IPv6:::192.0.2.1]', '[x400:anything!]'])(
    '%s is one',
    text => {
      expect(isDomain(text)).toBe(true);
    },
  );

  test.each([
    '',
    '.',
    'x.',
    '.x',
    'x..y',
    '-x',
    'x-',
    'x_y',
    'x y',
    'x\r\n',
    `${'x'.repeat(256)}`,
    '[]',
    '[1.2.3]',
    '[1.2.3.256]',
  ])('%j is none', text => {
    expect(isDomain(text)).toBe(false);
  });
  test.each([
    '[1.2.3.4',
    '[1.2.3.4]x',
    '[::1]',
    '[IPv6:]',
    '[IPv6:1]',
    '[IPv6:1::2::3]',
    '[IPv6:12345::]',
    '[IPv6:g::]',
  ])('%s is none', text => {
    expect(isDomain(text)).toBe(false);
  });
  test.each([
    '[IPv6:1:2:3:4:5:6:7:8:9]',
    '[IPv6:1:2:3:4:5:6:7::8]',
    '[IPv6:1:2:3:4:5:6:7:1.2.3.4]',
    '[IPv6:::1.2.3.999]',
  ])('%s is none', text => {
    expect(isDomain(text)).toBe(false);
  });
});
