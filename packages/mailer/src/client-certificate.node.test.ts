import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../test/certificate.ts';
import { createMailer, type MailerOptions } from './index.ts';

const message = { from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' };

/** A server of somebody else's making, which wants a client certificate. */
async function setUp(options: SMTPServerOptions): Promise<{ port: number; taken: string[] }> {
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    requestCert: true,
    rejectUnauthorized: true,
    ...options,
    onData(stream, session, callback) {
      stream.resume().on('end', () => {
        taken.push(session.envelope.rcptTo.map(({ address }) => address).join());
        callback();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())));
  return { port: (server.server.address() as { port: number }).port, taken };
}

test.each<[string, boolean, NonNullable<MailerOptions['tls']>]>([
  ['implicit TLS', true, 'implicit'],
  ['STARTTLS', false, 'starttls'],
])('shows a client certificate over %s', async (_, secure, tls) => {
  const own = makeCertificate();
  const client = makeCertificate();
  const { port, taken } = await setUp({ secure, cert: own.cert, key: own.key, ca: client.cert });
  const target = { hostname: '127.0.0.1', port, tls } as const;
  await using mailer = createMailer({
    ...target,
    tlsOptions: { ca: own.cert, cert: client.cert, key: client.key },
  });
  expect((await mailer.send(message)).state).toBe('accepted');
  await using stranger = createMailer({ ...target, tlsOptions: { ca: own.cert } });
  await expect(stranger.send(message)).rejects.toMatchObject({ code: 'not-sent' });
  await using distrustful = createMailer({ ...target, tlsOptions: { cert: client.cert, key: client.key } });
  await expect(distrustful.send(message)).rejects.toMatchObject({
    code: 'not-sent',
    message: `The message was not sent: "127.0.0.1:${port}" showed an untrusted certificate. Give its authority in tlsOptions.ca if you trust it`,
    advice: 'Give its authority in tlsOptions.ca if you trust it',
    cause: { name: 'ConnectError', code: 'tls-untrusted' },
    receipt: { attempts: 1, recipients: [{ permanent: true }] },
  });
  expect(taken).toEqual(['bob@example.net']);
});
