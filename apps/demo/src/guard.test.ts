import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { readAllowedHosts } from './allowed-hosts.ts';
import { allowedHostsOnly } from './guard.ts';

/** The status of a request to this address, where these hosts are allowed. */
async function statusOf(address: string, allowed?: string): Promise<number> {
  const app = new Hono().use(allowedHostsOnly(readAllowedHosts(allowed))).get('/', c => c.text('Here'));
  return (await app.request(address)).status;
}

describe('who is answered', () => {
  test.each([
    ['http://127.0.0.1:8787/', undefined],
    ['http://localhost/', ''],
    ['http://[::1]:8787/', ' , '],
    ['http://127.0.0.1:8787/', 'demo.example.com'],
    ['https://demo.example.com/', 'demo.example.com'],
    ['https://demo.example.com:8443/', 'other.example.com, Demo.Example.com'],
  ])('%s is, where %j is allowed', async (address, allowed) => {
    expect(await statusOf(address, allowed)).toBe(200);
  });

  test.each([
    ['https://demo.example.com/', undefined],
    ['https://demo.example.com/', ''],
    ['https://rebound.example.com/', 'demo.example.com'],
    ['https://sub.demo.example.com/', 'demo.example.com'],
    ['http://127.0.0.1.example.com/', 'demo.example.com'],
    ['http://192.0.2.1/', 'demo.example.com'],
  ])('%s is not, where %j is allowed', async (address, allowed) => {
    expect(await statusOf(address, allowed)).toBe(403);
  });

  test.each([
    ['http://rebound.example.com:9000/', 'such as http://127.0.0.1:9000/'],
    ['https://demo.example.com/', 'by its own address, or'],
  ])('the refusal of %s names the port that was asked', async (address, words) => {
    const app = new Hono().use(allowedHostsOnly(readAllowedHosts()));
    expect(await (await app.request(address)).text()).toContain(words);
  });

  test.each([
    '*',
    '*.example.com',
    'https://demo.example.com',
    'demo.example.com:443',
    'demo..example.com',
    '-a',
    'a b',
  ])('%j is no host name', text => {
    expect(() => readAllowedHosts(`ok.example.com,${text}`)).toThrow(JSON.stringify(text));
  });
});
