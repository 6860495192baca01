import { describe, expect, it } from 'vitest';
import {
  checkDestination,
  isHostName,
  type Resolve,
  submissionPorts,
  vetDestination,
} from './destination.ts';

const { signal } = new AbortController();
const resolveTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses;

describe('host grammar', () => {
  it.each([
    'mail.example.com',
    'a',
    'localhost',
    'xn--bcher-kva.example',
    '1.mail.example',
    'mail1.example',
    'a-b.example',
    '3com.test',
  ])('takes %s', host => expect(isHostName(host)).toBe(true));

  it.each([
    ['nothing', ''],
    ['a trailing dot', 'mail.example.'],
    ['an empty label', 'mail..example'],
    ['user information', 'user@mail.example'],
    ['a port', 'mail.example:25'],
    ['a path', 'mail.example/x'],
    ['a space', 'mail example'],
    ['a line break', 'mail.example\r\nRCPT'],
    ['NUL', 'mail.example\0.evil.test'],
    ['an ideographic full stop', 'mail。example'],
    ['a full-width letter', 'ｍail.example'],
    ['a non-ASCII letter', 'bücher.example'],
    ['an underscore', 'mail_1.example'],
    ['a label that begins with a hyphen', '-mail.example'],
    ['a label that ends with a hyphen', 'mail-.example'],
    ['a percent sign', 'mail%2eexample'],
    ['brackets', '[::1]'],
    ['a zone', 'fe80::1%eth0'],
    ['short IPv4', '127.1'],
    ['one number', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['hexadecimal in one', '0x7f000001'],
    ['a hexadecimal last label', 'mail.0x1'],
    ['a number as the last label', 'mail.1'],
    ['a label too long', `${'a'.repeat(64)}.example`],
    ['a name too long', `${'a.'.repeat(127)}example`],
  ])('refuses %s', (_, host) => {
    expect(isHostName(host)).toBe(false);
    expect(() => checkDestination(host, 587, submissionPorts)).toThrow(TypeError);
  });
});

describe('ports', () => {
  it.each(submissionPorts)('%i is for submission', port => {
    expect(() => checkDestination('mail.example', port, submissionPorts)).not.toThrow();
  });

  it.each([25, 0, 22, 53, 80, 2526, 65_536, -1, 587.5, Number.NaN])('%d is not', port => {
    expect(() => checkDestination('mail.example', port, submissionPorts)).toThrow(RangeError);
  });

  it('takes another where the operator says so', () => {
    expect(() => checkDestination('127.0.0.1', 4000, [4000])).not.toThrow();
  });
});

describe('vetDestination', () => {
  const target = { host: 'mail.example', port: 587 };

  it('pins a name to its addresses', async () => {
    const destination = await vetDestination(target, resolveTo('8.8.8.8', '2606:4700::1'), signal);
    expect(destination).toEqual({ host: 'mail.example', port: 587, addresses: ['8.8.8.8', '2606:4700::1'] });
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['one private address among global ones', ['8.8.8.8', '10.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['v4-mapped loopback', ['::ffff:127.0.0.1']],
    ['link-local with a zone', ['fe80::1%lo']],
    ['what is no address', ['mail.example']],
  ])('refuses a name that means %s', async (_, addresses) => {
    await expect(vetDestination(target, resolveTo(...addresses), signal)).rejects.toMatchObject({
      code: 'E_POLICY',
      detail: 'destination-address',
    });
  });

  it.each(['127.0.0.1', '::1', '10.1.2.3'])('refuses the literal %s', async host => {
    for (const resolve of [undefined, resolveTo('8.8.8.8')]) {
      await expect(vetDestination({ ...target, host }, resolve, signal)).rejects.toMatchObject({
        code: 'E_POLICY',
      });
    }
  });

  it('lets the operator allow an alias to be private, pinned all the same', async () => {
    const open = { ...target, allowPrivate: true };
    expect((await vetDestination(open, resolveTo('127.0.0.1'), signal)).addresses).toEqual(['127.0.0.1']);
    expect((await vetDestination({ ...open, host: '::1' }, undefined, signal)).addresses).toEqual(['::1']);
  });

  it('leaves a name to the runtime where there is no resolver', async () => {
    expect((await vetDestination(target, undefined, signal)).addresses).toEqual(['mail.example']);
  });

  it('says that a name without addresses is the mail server’s trouble', async () => {
    const failing: Resolve = () => Promise.reject(new Error('ENOTFOUND canary-internal-name'));
    for (const resolve of [failing, resolveTo()]) {
      const error = await vetDestination(target, resolve, signal).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'E_UPSTREAM', detail: 'destination-name' });
      expect(String(error)).not.toContain('canary');
    }
  });
});
