import { expect, test } from 'vitest';
import { SmtpClient } from './client.ts';

const octets = (text: string) => new TextEncoder().encode(text);

test('a refused RSET does not end the message behind it with a lone dot, which would deliver it empty', () => {
  const client = new SmtpClient({ clientName: 'c.test', tls: 'none', pipelineData: true });
  const envelope = { from: 'a@x.test', to: ['b@y.test'] };
  let written = '';
  const results: unknown[] = [];
  const say = (text: string) => {
    if (text !== '') client.receive(octets(text));
    for (;;) {
      const action = client.poll();
      if (action.type === 'write') written += new TextDecoder().decode(action.data);
      else if (action.type === 'event') {
        if (action.event.type === 'done') results.push(action.event);
      } else return action;
    }
  };
  say('');
  say('220 s.test\r\n');
  client.send(envelope);
  say('250-s.test\r\n250 PIPELINING\r\n');
  // The only recipient is refused, so RSET leads the next group.
  say('250 ok\r\n550 no\r\n503 no\r\n');
  written = '';
  const second = client.send(envelope);
  say('');
  expect(written).toBe('RSET\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n');
  expect(say('500 what\r\n250 ok\r\n250 ok\r\n354 go\r\n')).toMatchObject({ type: 'body', op: second });
  client.body(octets('hi\r\n'));
  say('');
  client.body(null);
  say('');
  say('250 taken\r\n');
  expect(written.endsWith('DATA\r\nhi\r\n.\r\n')).toBe(true);
  expect(results.at(-1)).toMatchObject({ op: second, ok: true });
});
