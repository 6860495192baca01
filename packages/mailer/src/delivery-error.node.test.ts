import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { nobody } from '../test/recording-server.ts';
import { createMailer, DeliveryError, type ServerOptions } from './index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };

/** A server that gives those replies to those verbs, and to the end of a message (`.`); an empty one hangs up. */
async function startServer(replies: Readonly<Record<string, string>>): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}).write('220 mx.example.org\r\n');
    let rest = '';
    let content = false;
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (content && line !== '.') continue;
        const verb = line.slice(0, 4).toUpperCase();
        const reply = replies[verb] ?? (verb === 'DATA' ? '354 Go on' : '250 OK');
        content = reply.startsWith('354');
        if (reply === '') socket.destroy();
        else socket.write(`${reply}\r\n`);
      }
    });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

test.each<[string, Record<string, string>, Partial<ServerOptions>, string, string | undefined]>([
  [
    'a server that speaks first on a port for implicit TLS',
    {},
    { tls: 'implicit' },
    'The message was not sent: "127.0.0.1:PORT" does not speak this TLS mode on this port. ' +
      "PORT speaks plaintext first; set tls: 'starttls'",
    "PORT speaks plaintext first; set tls: 'starttls'",
  ],
  [
    'a server without AUTH',
    {},
    { auth: { user: 'ann', pass: 'secret' }, allowInsecureAuth: true },
    'The message was not sent. Leave auth out, or choose another mechanism: the server offers none of them',
    'leave auth out, or choose another mechanism: the server offers none of them',
  ],
  [
    'a server that wants a login',
    { MAIL: '530 5.7.0 Log in' },
    {},
    'The server refused the message: 530 "5.7.0 Log in". Pass auth: { user, pass }: the server wants a login first',
    'pass auth: { user, pass }: the server wants a login first',
  ],
  [
    'a recipient that is refused',
    { RCPT: '550 5.1.1 No such user' },
    {},
    'The server refused the message: 550 "5.1.1 No such user"',
    undefined,
  ],
  [
    'a connection lost before the content',
    { RCPT: '' },
    {},
    'The message was not sent: the connection was lost (disconnected). Try again',
    undefined,
  ],
  [
    'a connection lost after the content',
    { '.': '' },
    {},
    'The message left whole and no answer came: the connection was lost (disconnected). ' +
      'Ask the recipient before sending again',
    'ask the recipient before sending again',
  ],
])('%s: what happened, then what to do, once', async (_, replies, options, text, advice) => {
  const port = await startServer(replies);
  await using mailer = createMailer({ hostname: '127.0.0.1', port, tls: 'none', retry: false, ...options });
  const error = (await mailer.send(message).catch((thrown: unknown) => thrown)) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.message).toBe(text.replaceAll('PORT', String(port)));
  expect(error.advice).toBe(advice?.replaceAll('PORT', String(port)));
});

test('a port where nobody listens', async () => {
  const target = await nobody();
  const { port } = target;
  await using mailer = createMailer({ ...target, retry: false });
  await expect(mailer.send(message)).rejects.toMatchObject({
    message: `The message was not sent: "127.0.0.1:${port}" refused the connection. Check that a mail server listens there`,
    advice: 'Check that a mail server listens there',
  });
});

test('what a backend throws is told as it is', async () => {
  const cause = new Error('Look up HTTP 503: the API is down');
  await using broken = createMailer({ send: () => Promise.reject(cause) });
  await expect(broken.send(message)).rejects.toMatchObject({
    message: 'The message was not sent: Look up HTTP 503: the API is down',
    cause,
  });
});
