import { expect, test } from 'vitest';
import { SmtpClient } from './client.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** Takes whatever the client has to say. */
function drain(client: SmtpClient): string {
  for (;;) {
    const action = client.poll();
    if (action.type !== 'write' && action.type !== 'event') return action.type;
  }
}

test('what was offered in the clear is forgotten as soon as TLS is up (RFC 3207 §4.2)', () => {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'starttls' });
  for (const reply of ['220 s.test\r\n', '250-s.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n', '220 go\r\n']) {
    drain(client);
    client.receive(encode(reply));
  }
  expect([...client.capabilities.keys()]).toEqual(['STARTTLS', 'AUTH']);
  expect(drain(client)).toBe('starttls');
  client.tlsStarted();
  expect([...client.capabilities.keys()]).toEqual([]);
});
