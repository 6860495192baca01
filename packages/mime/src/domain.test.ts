import { describe, expect, test } from 'vitest';
import { domainToASCII } from './domain.ts';
import { mapByPunycode } from './punycode-mapping.ts';

describe.each([
  ['by URL', undefined],
  ['by Punycode', mapByPunycode],
])('domainToASCII %s', (_, map) => {
  test.each([
    ['example.org', 'example.org'],
    ['EXAMPLE.org', 'EXAMPLE.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['ｆｕｌｌ.example', 'full.example'],
    ['مثال.example', 'xn--mgbh0fb.example'],
    ['भारत.example', 'xn--h2brj9c.example'],
    ['१भारत.example', 'xn--h2brj9c1l.example'],
    ['〇.example', 'xn--w6j.example'],
  ])('maps %s to %s', (domain, expected) => {
    expect(domainToASCII(domain, map)).toBe(expected);
  });

  test.each([
    '',
    '.',
    'a..b',
    'a.',
    '-a.b',
    `${'a'.repeat(64)}.b`,
    `${'a.'.repeat(127)}ab`,
    'a b',
    'é:25',
    'é/x',
    '℀.example',
    '１.２.３.４',
    `${'é'.repeat(300)}.b`,
    'exam\u00adple.org',
    'b\u200büch.example',
    'büch\u2060.example',
    'é⒈com',
    'xn--é.org',
    'aا.org',
    '١1.org',
    '٣ا.org',
    '\u0301a.org',
  ])('refuses %j', domain => {
    expect(() => domainToASCII(domain, map)).toThrow(
      expect.objectContaining({ code: 'invalid-domain', field: 'domain' }),
    );
  });
});

test.each(['❤\ufe0e.example', '❤\ufe0f.example'])('takes %j, whose selector UTS 46 leaves out', domain => {
  expect(domainToASCII(domain)).toBe('xn--qei.example');
});
