import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { listen } from '@posthaste/bridge/listen';
import { createMailer, type DkimSigner } from '@posthaste/mailer';
import { expect, onTestFinished, test } from 'vitest';

interface Key {
  readonly name: 'rsa' | 'ed25519';
  readonly publicKey: KeyObject;
  readonly signer: DkimSigner;
}

const keys = (['rsa', 'ed25519'] as const).map((name): Key => {
  const { publicKey, privateKey } =
    name === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { name, publicKey, signer: { domain: 'example.org', selector: name, privateKey: pem } };
});

/** What stands in the DNS below `selector._domainkey.domain.` (RFC 6376 §3.6.1, RFC 8463 §4). */
const records = Object.fromEntries(
  keys.map(({ name, publicKey, signer }) => {
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const octets = name === 'ed25519' ? der.subarray(-32) : der;
    return [
      `${signer.selector}._domainkey.${signer.domain}.`,
      `v=DKIM1; k=${name}; p=${octets.toString('base64')}`,
    ];
  }),
);

const script = `
import base64, dkim, json, sys
given = json.load(sys.stdin)
find = lambda name, timeout=5: given['records'].get(name.decode()).encode()
def verify(octets, at):
    try:
        return dkim.DKIM(octets).verify(idx=at, dnsfunc=find)
    except dkim.ValidationError: # such as a body with another hash
        return False
messages = [base64.b64decode(message) for message in given['messages']]
json.dump([[verify(octets, at) for at in range(given['signatures'])] for octets in messages], sys.stdout)
`;

/** Asks dkimpy about each signature of each message; Debian installs it for its own Python. */
function verify(messages: readonly Uint8Array[], signatures: number): boolean[][] {
  const encoded = messages.map(message => Buffer.from(message).toString('base64'));
  const input = JSON.stringify({ records, signatures, messages: encoded });
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script], { input, encoding: 'utf8' }));
}

test.each([
  ['RSA', [keys[0]!]],
  ['Ed25519', [keys[1]!]],
  ['both', keys],
])('dkimpy believes what arrived with %s, and nothing that was changed', async (_, chosen) => {
  const arrived: Uint8Array[] = [];
  const server = await listen({
    server: { serverName: 'inbox.test', extensions: ['PIPELINING', '8BITMIME'] },
    handler: { onMessage: ({ content }) => void arrived.push(content.slice()) },
  });
  onTestFinished(() => server.close());
  const { port } = server;
  const dkim = chosen.map(({ signer }) => signer);
  await using mailer = createMailer({ hostname: '127.0.0.1', port, tls: 'none', dkim });
  await mailer.send({
    from: 'Jörg <joerg@example.org>',
    to: Array.from({ length: 20 }, (_, number) => `n${number}@example.net`),
    subject: 'Grüße, and more words than fit on one line of the header of a message',
    text: 'Hello  there \t\n.\n..\n\n\n',
    html: '<p>ü</p>',
    attachments: [{ filename: '图.bin', content: new Blob([new Uint8Array(500_000)]) }],
  });
  await mailer.send({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: '' });
  expect(arrived).toHaveLength(2);

  const text = Buffer.from(arrived[0]!).toString('latin1');
  const changed = [
    text.replace('Hello', 'Hallo'),
    text.replace('n7@example.net', 'eve@example.net'),
    text.replace('\r\nSubject:', '\r\nSubject: First\r\nSubject:'),
  ];
  expect(changed.every(one => one !== text)).toBe(true);
  const forged = changed.map(one => Buffer.from(one, 'latin1'));
  const believed = chosen.map(() => true);
  const doubted = chosen.map(() => false);
  expect(verify([...arrived, ...forged], chosen.length)).toEqual([
    believed,
    believed,
    doubted,
    doubted,
    doubted,
  ]);
});
