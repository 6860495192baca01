import { describe, expect, it } from 'vitest';
import { addressBlock, isGlobalAddress, parseIpAddress } from './ip-address.ts';

const global = [
  '8.8.8.8',
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '168.63.129.15',
  '2606:4700:4700::1111',
  '2001:200::1',
  '2003::1',
  '3ffe::1',
  '2a00:1450:4001::1',
];

const local: readonly (readonly [string, string])[] = [
  ['this network', '0.0.0.0'],
  ['private', '10.0.0.1'],
  ['private, its end', '10.255.255.255'],
  ['private', '172.16.0.1'],
  ['private, its end', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['shared by carriers', '100.64.0.1'],
  ['shared, its end', '100.127.255.255'],
  ['metadata in shared space', '100.100.100.200'],
  ['loopback', '127.0.0.1'],
  ['loopback, its end', '127.255.255.255'],
  ['metadata', '169.254.169.254'],
  ['a host agent', '168.63.129.16'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['6to4 relay', '192.88.99.1'],
  ['benchmarks', '198.19.255.255'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-compatible', '::8.8.8.8'],
  ['v4-mapped', '::ffff:8.8.8.8'],
  ['v4-mapped loopback', '::ffff:127.0.0.1'],
  ['v4-mapped in hexadecimal', '::ffff:7f00:1'],
  ['NAT64', '64:ff9b::8.8.8.8'],
  ['local NAT64', '64:ff9b:1::1'],
  ['discard', '100::1'],
  ['Teredo', '2001::1'],
  ['benchmarks', '2001:2::1'],
  ['ORCHID', '2001:20::1'],
  ['documentation', '2001:db8::1'],
  ['6to4 of loopback', '2002:7f00:1::1'],
  ['documentation', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['ULA', 'fc00::1'],
  ['ULA metadata', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
];

describe('isGlobalAddress', () => {
  it.each(global)('%s is', address => {
    expect(isGlobalAddress(parseIpAddress(address)!)).toBe(true);
  });

  it.each(local)('%s is not: %s', (_, address) => {
    expect(isGlobalAddress(parseIpAddress(address)!)).toBe(false);
  });
});

const literals: readonly (readonly [string, string])[] = [
  ['1.2.3.4', '1.2.3.4'],
  ['255.0.10.99', '255.0.10.99'],
  ['::', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0'],
  ['::1', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1'],
  ['1::', '0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0'],
  ['1:2:3:4:5:6:7:8', '0.1.0.2.0.3.0.4.0.5.0.6.0.7.0.8'],
  ['1::8', '0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.8'],
  ['A:b:C::', '0.10.0.11.0.12.0.0.0.0.0.0.0.0.0.0'],
  ['1:2:3:4:5:6:1.2.3.4', '0.1.0.2.0.3.0.4.0.5.0.6.1.2.3.4'],
  ['::ffff:1.2.3.4', '0.0.0.0.0.0.0.0.0.0.255.255.1.2.3.4'],
  ['1:2:3:4:5:6:7::', '0.1.0.2.0.3.0.4.0.5.0.6.0.7.0.0'],
];

const notLiterals = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '0x7f.0.0.1',
  '2130706433',
  '1.2.3.4 ',
  '1.2.3.-4',
  '1..3.4',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '1::2::3',
  ':1::2',
  '1::2:',
  '12345::',
  'g::',
  '::1%eth0',
  '[::1]',
  '1.2.3.4::',
  '::1.2.3.4:1',
  '::1.2.3',
  '1:2:3:4:5:6:7:1.2.3.4',
  '::١',
];

describe('parseIpAddress', () => {
  it.each(literals)('%s', (text, octets) => {
    expect(parseIpAddress(text)?.join('.')).toBe(octets);
  });

  it.each(notLiterals)('refuses %j', text => {
    expect(parseIpAddress(text)).toBeUndefined();
  });
});

describe('addressBlock', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.8', false],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
  ])('%s and %s are one peer: %s', (one, other, same) => {
    expect(addressBlock(one) === addressBlock(other)).toBe(same);
  });
});
