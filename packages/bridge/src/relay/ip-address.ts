/** Reads an IPv4 or IPv6 literal into 4 or 16 octets; undefined if it is not exactly one (no zone, no short forms). */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/**
 * True if packets to the address leave for the public Internet: not loopback, private, shared, link-local, multicast,
 * documentation, a cloud's metadata service, or a form that carries another address inside (RFC 6890).
 */
export function isGlobalAddress(address: Uint8Array): boolean {
  if (address.length === 4) return !nonGlobalIpv4.some(range => contains(range, address));
  return contains(unicastIpv6, address) && !nonGlobalIpv6.some(range => contains(range, address));
}

/**
 * What counts as one peer: an IPv4 address, or the 64 bits an IPv6 host has to itself (RFC 4291 §2.5.4). IPv4 inside
 * IPv6, as a dual-stack listener reports it, is IPv4.
 */
export function addressBlock(address: string): string {
  const octets = parseIpAddress(address);
  if (octets?.length !== 16) return address;
  return (contains(mappedIpv4, octets) ? octets.subarray(12) : octets.subarray(0, 8)).join('.');
}

interface Range {
  readonly prefix: Uint8Array;
  readonly bits: number;
}

const nonGlobalIpv4: readonly Range[] = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // shared by carriers (RFC 6598), and a cloud's metadata
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // a cloud's host agent
  '169.254.0.0/16', // link-local, and most clouds' metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
].map(range);

/** The only IPv6 space in public use; leaves out loopback, ULA, link-local, multicast, v4-mapped and NAT64. */
const unicastIpv6: Range = range('2000::/3');

const mappedIpv4: Range = range('::ffff:0:0/96');

const nonGlobalIpv6: readonly Range[] = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address inside
  '3fff::/20', // documentation
].map(range);

function range(text: string): Range {
  const [address = '', bits] = text.split('/');
  return { prefix: parseIpAddress(address) as Uint8Array, bits: Number(bits) };
}

function contains({ prefix, bits }: Range, address: Uint8Array): boolean {
  return prefix.every((octet, index) => {
    const significant = Math.min(Math.max(bits - index * 8, 0), 8);
    return (octet ^ (address[index] ?? 0)) >> (8 - significant) === 0;
  });
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  // A leading zero would be octal to some resolvers and decimal to others.
  const plain = parts.every(part => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
  return parts.length === 4 && plain ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** Octets of colon-separated groups; only the last group of an address may be dotted IPv4 (RFC 4291 §2.2). */
function groups(text: string, last: boolean): number[] | undefined {
  const octets: number[] = [];
  if (text === '') return octets;
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      const value = Number.parseInt(part, 16);
      octets.push(value >> 8, value & 255);
    } else {
      const dotted = last && index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (dotted === undefined) return undefined;
      octets.push(...dotted);
    }
  }
  return octets.length <= 16 ? octets : undefined;
}
