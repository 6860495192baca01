import { type Connection, openConnection } from '@posthaste/bridge';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../peer/certificate.ts';
import { type FaultyServer, type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';

let certificate: Certificate;
let server: FaultyServer;
beforeAll(() => {
  certificate = makeCertificate();
});
afterEach(() => server.stop());

async function open(misbehaviour: Misbehaviour, ca = certificate.ca): Promise<Connection> {
  server = await startFaultyServer({ extensions: ['STARTTLS'], certificate, ...misbehaviour });
  return openConnection({ hostname: 'localhost', port: server.port, tls: 'starttls', tlsOptions: { ca } });
}

const nothingSaid = () => expect(server.clear).not.toMatch(/AUTH|MAIL|RCPT|DATA/);

test('a message behind STARTTLS is taken, and none of it is in the clear', async () => {
  const connection = await open({});
  const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
  await connection.sendRaw(envelope, new TextEncoder().encode('x\r\n'));
  await connection.quit();
  expect(server.commits).toEqual(['x\r\n']);
  nothingSaid();
});

test.each([
  ['stripped from the offer', { extensions: [] }],
  ['refused', { instead: { at: 2, text: '454 not now\r\n' } }],
  ['answered with a hang-up', { instead: { at: 2, text: undefined } }],
  ['granted with a reply behind it', { injected: '\r\n250 injected' }],
  ['granted with half a reply behind it', { instead: { at: 2, text: '220 go on\r\n250 inj' } }],
] as const)('STARTTLS %s: nothing is said in the clear', async (_, misbehaviour) => {
  await expect(open(misbehaviour)).rejects.toThrow();
  await server.deserted();
  nothingSaid();
});

test.each([
  ['an unknown authority', 'tls-untrusted', ['DNS:localhost'], false],
  ['another host', 'tls-hostname', ['DNS:other.test'], true],
] as const)('a certificate of %s: nothing is said', async (_, code, names, trusted) => {
  const shown = makeCertificate(names);
  const opening = open({ certificate: shown }, trusted ? shown.ca : certificate.ca);
  await expect(opening).rejects.toMatchObject({ name: 'ConnectError', code });
  await server.deserted();
  nothingSaid();
});
