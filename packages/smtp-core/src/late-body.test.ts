import { describe, expect, test } from 'vitest';
import { SmtpClient } from './client.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const envelope = { from: 'a@x.test', to: ['b@y.test'] };

/** Takes actions until the machine wants something from outside; gives that action and what was written. */
function drain(client: SmtpClient) {
  let written = '';
  const done: unknown[] = [];
  for (;;) {
    const action = client.poll();
    if (action.type === 'write') written += new TextDecoder().decode(action.data);
    else if (action.type === 'event') {
      if (action.event.type === 'done') done.push(action.event);
    } else return { action, written, done };
  }
}

/** A session whose first message is refused while its driver still fetches the third chunk. */
function decidedWhileFetching() {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'none', transfer: 'bdat' });
  const say = (text: string) => {
    client.receive(octets(text));
    return drain(client);
  };
  drain(client);
  say('220 s.test\r\n');
  const first = client.send(envelope);
  const second = client.send(envelope);
  say('250-s.test\r\n250-PIPELINING\r\n250 CHUNKING\r\n');
  say('250 ok\r\n250 ok\r\n');
  for (const chunk of ['one', 'two']) {
    client.body(octets(chunk));
    expect(drain(client).action).toEqual({ type: 'body', op: first, max: expect.any(Number) });
  }
  say('552 too much\r\n');
  const { action } = say('250 reset\r\n250 ok\r\n250 ok\r\n');
  expect(action).toEqual({ type: 'body', op: second, max: expect.any(Number) });
  return { client, first, second, say };
}

describe('content that comes after its op was decided', () => {
  test('is not sent as the next op’s when the driver names the op', () => {
    const { client, first, second, say } = decidedWhileFetching();
    client.body(octets('LATE'), first);
    client.body(octets('mine'), second);
    drain(client);
    client.body(null, second);
    const { written } = drain(client);
    expect(written).toContain('mine');
    expect(written).not.toContain('LATE');
    expect(say('250 taken\r\n').done).toEqual([expect.objectContaining({ op: second, ok: true })]);
  });

  test('is ignored behind the next op’s own content, named or not', () => {
    for (const name of [true, false]) {
      const { client, first } = decidedWhileFetching();
      client.body(octets('mine'));
      drain(client);
      client.body(null);
      client.body(octets('LATE'), name ? first : undefined);
      expect(drain(client).written).not.toContain('LATE');
      expect(() => client.body(octets('unasked'))).toThrow(TypeError);
    }
  });

  test('a failure that comes late is ignored as well', () => {
    const { client, first, second, say } = decidedWhileFetching();
    client.bodyAbort(new Error('late'), first);
    client.body(octets('mine'), second);
    drain(client);
    client.body(null, second);
    drain(client);
    expect(say('250 taken\r\n').done).toEqual([expect.objectContaining({ op: second, ok: true })]);
  });
});

test('octets that come after the end are not kept', () => {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'none' });
  drain(client);
  client.receive(octets('421 no\r\n'));
  drain(client);
  const block = new Uint8Array(1 << 20);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 64; i++) client.receive(block);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  expect(drain(client).action).toEqual({ type: 'close' });
});

test.each([[{ holdFor: 0 }], [{ deliverBy: '0000000000120;R' }], [{ deliverBy: '+0;R' }]])(
  '%j cannot be written',
  parameters => {
    const client = new SmtpClient({ clientName: 'c.test', tls: 'none' });
    const op = client.send({ ...envelope, ...parameters });
    expect(drain(client).done).toEqual([
      expect.objectContaining({ op, error: expect.objectContaining({ kind: 'invalid-argument' }) }),
    ]);
  },
);

test('recipients without a domain are of one domain (RFC 9422 §3)', () => {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'none' });
  client.send({ from: 'a@x.test', to: ['postmaster', 'a'] });
  drain(client);
  client.receive(octets('220 s.test\r\n'));
  drain(client);
  client.receive(octets('250-s.test\r\n250 LIMITS RCPTDOMAINMAX=1\r\n'));
  expect(drain(client).written).toBe('MAIL FROM:<a@x.test>\r\n');
});
