import { refuse } from './error.ts';

/** UTS 46 processing of a whole domain to A-labels; throws for a domain that has none. */
export type DomainMapping = (domain: string) => string;

/** RFC 1035 §2.3.4, less the octets of the root. */
const domainOctets = 253;
const hostname = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.(?!$)|$))+$/i;
/**
 * ASCII that no domain has and that a `URL` would take for a port, a path, an escape or nothing at all; and what is not
 * seen, which UTS 46 takes away. Joiners may belong to a name, and U+FE0E or U+FE0F tells how its emoji look.
 */
const foreign = /[^\w.\x80-\u{10ffff}-]|(?!\u200c|\u200d|[\ufe0e\ufe0f])\p{DI}/u;

/**
 * Writes a domain with A-labels (RFC 5890 §2.3.2.1); an ASCII domain is checked and stays as it is.
 *
 * @param domain labels separated by dots.
 * @param map what turns U-labels into A-labels; by default the host parser of WHATWG URL, which applies UTS 46.
 * @param field the place in the message, for the error.
 * @throws MimeError `invalid-domain` when the domain is none or has no such form
 * @example Köln
 * ```ts
 * import { domainToASCII } from '@posthaste/mime';
 *
 * domainToASCII('köln.example'); // 'xn--kln-sna.example'
 * ```
 */
export function domainToASCII(domain: string, map: DomainMapping = mapByUrl, field = 'domain'): string {
  if (isHostname(domain)) return domain;
  const position = domain.search(foreign);
  let mapped = domain;
  let cause: unknown;
  if (position < 0 && /[^\0-\x7f]/.test(domain)) {
    try {
      mapped = map(domain);
    } catch (error) {
      cause = error;
      mapped = '';
    }
    // Digits of other scripts must not turn a name into an IPv4 address.
    if (typeof mapped !== 'string' || /(?:^|\.)\d+$/.test(mapped)) mapped = '';
  }
  if (isHostname(mapped)) return mapped;
  return refuse(
    'invalid-domain',
    field,
    'Give letters, digits and hyphens',
    domain,
    Math.max(position, 0),
    cause,
  );
}

function isHostname(domain: string): boolean {
  return domain.length <= domainOctets && hostname.test(domain);
}

function mapByUrl(domain: string): string {
  return new URL(`http://${domain}`).hostname;
}
