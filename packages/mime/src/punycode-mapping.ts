import type { DomainMapping } from './domain.ts';
import { encodePunycode } from './punycode.ts';

/**
 * Maps a domain to A-labels where there is no `URL`: what UTS 46 does to letters, marks and digits; the rest is refused.
 *
 * @throws RangeError for any other character
 * @example
 * ```ts
 * import { compose, mapByPunycode } from '@posthaste/mime';
 *
 * compose({ from: 'ann@example.org', to: 'post@bücher.example' }, { mapDomain: mapByPunycode });
 * ```
 */
export const mapByPunycode: DomainMapping = domain => {
  const given = domain.replace(/[。．]/g, '.').split('.');
  return given.map(toALabel).join('.');
};

/** Letters that are written from right to left. */
const rightToLeft = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;

function toALabel(given: string): string {
  const label = given.normalize('NFKC').toLowerCase().normalize('NFC');
  if (/^[\w-]*$/.test(label)) return label;
  // RFC 5891 §4.2.3.1 and §4.2.3.2: no A-label in disguise, no mark in front.
  if (!/^(?!..--|\p{M}|[\u0660-\u0669\u06f0-\u06f9])[\p{L}\p{M}\p{N}_-]+$/u.test(label))
    throw new RangeError('Use letters and digits only');
  // RFC 5893 §2 lets no letters of both directions into a label, nor a digit in front of those from right to left.
  if (rightToLeft.test(label) && (/^\p{N}/u.test(label) || /[a-z]/.test(label)))
    throw new RangeError('Write a label in one direction');
  return `xn--${encodePunycode(label)}`;
}
