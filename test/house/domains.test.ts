import { expect, test } from 'vitest';
import { filesBelow } from './source-file.ts';

/** Top-level names that nobody can own (RFC 2606, RFC 6761), and those that the text needs as facts. */
const RESERVED = /(^|[.@])(example(\.(com|net|org))?|test|invalid|localhost|xn--[a-z0-9-]+)$/i;

/** Where another's domain is the very fact that is tested. */
const FACTS: readonly [path: RegExp, domain: RegExp][] = [
  [/mailer\/src\/(mailbox-)?provider/, /./],
  // The test vector of RFC 2195 §2.
  [/smtp-core\/src\/sasl\//, /^postoffice\.reston\.mci\.net$/],
];

test('examples and fixtures write to reserved domains only', () => {
  const files = [
    ...filesBelow('examples', /\.(tsx?|mjs|md)$/),
    ...filesBelow('docs', /\.md$/),
    ...filesBelow('packages', /(README\.md|\.test\.ts|\.json)$/),
    ...filesBelow('apps', /\.(tsx?|md)$/),
  ];
  const offenders = files.flatMap(file =>
    [
      ...file.text.matchAll(
        /(?<![\w.+-])[a-z0-9][\w.+-]{0,63}@([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+)\b/gi,
      ),
    ]
      .filter(match => !RESERVED.test(match[1]!))
      .filter(match => !FACTS.some(([path, domain]) => path.test(file.path) && domain.test(match[1]!)))
      .map(match => `${file.path}: ${match[0]}`),
  );
  expect([...new Set(offenders)]).toEqual([]);
});
