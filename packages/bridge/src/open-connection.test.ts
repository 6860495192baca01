import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../fixture/certificate.ts';
import { type Listener, type ListenOptions, listen } from './listen/node.ts';
import { type ConnectionOptions, openConnection } from './open-connection.ts';
import type { ReceivedMessage, ServeHandler } from './serve-handler.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (octets: Uint8Array) => new TextDecoder().decode(octets);
const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const message = encode('Subject: Hello\r\n\r\n.dot\r\nline\r\n');

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

const listeners: Listener[] = [];
afterEach(() => Promise.all(listeners.splice(0).map(listener => listener.close())));

interface Inbox {
  readonly received: ReceivedMessage[];
  options(change?: Partial<ConnectionOptions>): ConnectionOptions;
}

async function inbox(
  mode: ListenOptions['mode'] = 'plain',
  handler: ServeHandler = {},
  server: Partial<ListenOptions['server']> = {},
): Promise<Inbox> {
  const received: ReceivedMessage[] = [];
  const listener = await listen({
    mode,
    cert: certificate.cert,
    key: certificate.key,
    server: { serverName: 'mx.test', extensions: ['PIPELINING', '8BITMIME', 'CHUNKING'], ...server },
    handler: { onMessage: arrived => void received.push(arrived), ...handler },
  });
  listeners.push(listener);
  return {
    received,
    options: change => ({
      hostname: 'localhost',
      port: listener.port,
      tls: mode === 'plain' ? 'none' : mode,
      tlsOptions: { ca: certificate.ca },
      ...change,
    }),
  };
}

describe.each(['plain', 'starttls', 'implicit'] as const)('%s', mode => {
  test('a message arrives octet for octet', async () => {
    const { received, options } = await inbox(mode);
    const connection = await openConnection(options());
    expect(connection.secure).toBe(mode !== 'plain');
    const result = await connection.sendRaw(envelope, message);
    await connection.quit();

    expect(result).toMatchObject({ accepted: ['bob@example.net'], rejected: [], code: 250 });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ envelope, session: { secure: mode !== 'plain' } });
    expect(decode(received[0]!.content)).toBe(decode(message));
  });
});
