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
  const mapped = domain.normalize('NFKC').toLowerCase().normalize('NFC').replaceAll('。', '.');
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(mapped)) throw new RangeError('Use letters and digits only');
  return mapped
    .split('.')
    .map(label => (/[^\0-\x7f]/.test(label) ? `xn--${encodePunycode(label)}` : label))
    .join('.');
};
