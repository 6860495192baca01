import { MimeError, quoteValue } from './error.ts';
import { encodePunycode } from './punycode.ts';

/** UTS 46 processing of a whole domain to A-labels; throws for a domain that has none. */
export type DomainMapping = (domain: string) => string;

/** RFC 1035 §2.3.4. */
const labelOctets = 63;
const domainOctets = 253;

const ascii = /^[\0-\x7f]*$/;
/** ASCII that no domain has and that a `URL` would take for a port, a path, an escape or nothing at all. */
const foreignAscii = /[^a-zA-Z0-9._\-\x80-\uffff]/;
const label = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_-]*[a-zA-Z0-9_])?$/;

/**
 * Writes a domain with A-labels (RFC 5890 §2.3.2.1); an ASCII domain is checked and stays as it is.
 *
 * @param domain - labels separated by dots
 * @param mapping - what turns U-labels into A-labels; the runtime's own `URL` by default
 * @param field - the place in the message, for the error
 * @returns the domain in ASCII
 * @throws MimeError `invalid-domain` when the domain is none or has no such form
 * @example Köln
 * ```ts
 * import { domainToASCII } from '@posthaste/mime';
 *
 * domainToASCII('köln.example'); // 'xn--kln-sna.example'
 * ```
 */
export function domainToASCII(
  domain: string,
  mapping: DomainMapping = typeof URL === 'function' ? mapThroughUrl : mapThroughPunycode,
  field = 'domain',
): string {
  const position = domain.search(foreignAscii);
  if (position >= 0) throw refusal(domain, field, position);
  if (ascii.test(domain)) {
    if (!hasValidLabels(domain)) throw refusal(domain, field);
    return domain;
  }
  let mapped: string;
  try {
    mapped = mapping(domain);
  } catch (cause) {
    throw refusal(domain, field, undefined, cause);
  }
  // Digits of other scripts must not turn a name into an IPv4 address.
  if (!hasValidLabels(mapped) || /(?:^|\.)\d+$/.test(mapped)) throw refusal(domain, field);
  return mapped;
}

function hasValidLabels(domain: string): boolean {
  return (
    domain.length <= domainOctets &&
    domain.split('.').every(text => text.length <= labelOctets && label.test(text))
  );
}

function mapThroughUrl(domain: string): string {
  return new URL(`http://${domain}`).hostname;
}

/** For runtimes without `URL`: what UTS 46 does to letters, marks and digits; anything else is refused. */
function mapThroughPunycode(domain: string): string {
  const mapped = domain.normalize('NFKC').toLowerCase().normalize('NFC').replaceAll('。', '.');
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(mapped)) throw new RangeError('Use letters and digits only');
  return mapped
    .split('.')
    .map(text => (ascii.test(text) ? text : `xn--${encodePunycode(text)}`))
    .join('.');
}

function refusal(domain: string, field: string, position?: number, cause?: unknown): MimeError {
  const place = position === undefined ? { field } : { field, position };
  const message = `Give ${field} a domain of letters, digits and hyphens, not ${quoteValue(domain)}`;
  return new MimeError('invalid-domain', message, cause === undefined ? place : { ...place, cause });
}
