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

describe('content that was asked for before the server refused RSET in a window', () => {
  /** The second of two messages, its third chunk being fetched while the replies come. */
  function slowed() {
    const client = new SmtpClient({
      clientName: 'c.test',
      tls: 'none',
      transfer: 'bdat',
      pipelineWindow: { transactions: 4, octets: 100_000 },
    });
    const say = (text: string) => {
      client.receive(octets(text));
      return drain(client);
    };
    drain(client);
    const first = client.send(envelope);
    const second = client.send(envelope);
    say('220 s.test\r\n');
    expect(say('250-s.test\r\n250-PIPELINING\r\n250 CHUNKING\r\n').action).toMatchObject({ op: first });
    const feed = (chunk: string | null, op: number) => {
      client.body(chunk === null ? null : octets(chunk), op);
      return drain(client);
    };
    feed('one\r\n', first);
    expect(feed(null, first).written).toMatch(/^BDAT 5 LAST\r\none\r\nRSET\r\nMAIL /);
    feed('half ', second);
    expect(feed('and ', second).written).toBe('BDAT 5\r\nhalf ');
    expect(say('250 a\r\n250 b\r\n250 taken\r\n500 no RSET\r\n').action).toMatchObject({ type: 'read' });
    return { client, second, say, feed };
  }

  test('is sent in its turn', () => {
    const { second, say, feed } = slowed();
    expect(feed('half\r\n', second).written).toBe('');
    say('250 a\r\n250 b\r\n');
    expect(say('250 half\r\n').written).toBe('BDAT 4\r\nand ');
    expect(say('250 more\r\n').action).toMatchObject({ type: 'body', op: second });
    expect(feed(null, second).written).toBe('BDAT 6 LAST\r\nhalf\r\n');
    expect(say('250 taken\r\n').done).toEqual([expect.objectContaining({ op: second, ok: true })]);
  });

  test('its failure is not forgotten', () => {
    const { client, second, say } = slowed();
    client.bodyAbort(new Error('disk failed'), second);
    say('250 a\r\n250 b\r\n');
    const { done, written } = say('250 half\r\n');
    expect(written).not.toContain('LAST');
    expect(done).toEqual([
      expect.objectContaining({ op: second, error: expect.objectContaining({ kind: 'aborted' }) }),
    ]);
  });
});

test.each([false, true])(
  'manual DATA whose source fails ends the session also where BDAT is preferred, LMTP %s',
  lmtp => {
    const client = new SmtpClient({
      clientName: 'c.test',
      tls: 'none',
      manual: true,
      transfer: 'bdat',
      lmtp,
    });
    client.hello();
    client.mail('a@x.test');
    client.rcpt('b@y.test');
    const op = client.data();
    for (const reply of ['220 s.test', '250-s.test\r\n250 CHUNKING', '250 ok', '250 ok', '354 go']) {
      drain(client);
      client.receive(octets(`${reply}\r\n`));
    }
    expect(drain(client).action).toMatchObject({ type: 'body', op });
    client.bodyAbort(new Error('disk failed'));
    const { action, done } = drain(client);
    expect(action).toEqual({ type: 'close' });
    expect(done).toEqual([
      expect.objectContaining({ op, error: expect.objectContaining({ kind: 'aborted' }) }),
    ]);
  },
);

test('octets that come after the end are not even looked at, let alone kept', () => {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'none' });
  drain(client);
  client.receive(octets('421 no\r\n'));
  drain(client);
  const untouchable = new Proxy(octets('250 ok\r\n'), {
    get: (_, name) => expect.fail(`${String(name)} was read`),
  });
  expect(() => client.receive(untouchable)).not.toThrow();
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
