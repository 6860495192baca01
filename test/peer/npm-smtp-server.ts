import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Certificate } from './certificate.ts';

/** What the server saw of a session that delivered a message. */
interface ReceivedMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: unknown;
  readonly content: Uint8Array;
}

/** npm's smtp-server, running with STARTTLS and AUTH required. */
export interface NpmSmtpServer {
  readonly port: number;
  readonly messages: readonly ReceivedMessage[];
  stop(): Promise<void>;
}

/** Starts npm's smtp-server on a free loopback port for one account. */
export async function startNpmSmtpServer(
  certificate: Certificate,
  account: { readonly user: string; readonly pass: string },
): Promise<NpmSmtpServer> {
  const messages: ReceivedMessage[] = [];
  const server = new SMTPServer({
    cert: certificate.cert,
    key: certificate.key,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth({ username, password }, _session, answer) {
      const known = username === account.user && password === account.pass;
      if (known) answer(null, { user: username });
      else answer(new Error('Wrong user name or password'));
    },
    onData(stream, session, answer) {
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => {
        messages.push(received(session, Buffer.concat(chunks)));
        answer(null, 'Queued');
      });
    },
  });
  // A client that fails TLS on purpose would otherwise end this process.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    messages,
    stop: () => new Promise(resolve => server.close(resolve)),
  };
}

function received({ envelope, secure, user }: SMTPServerSession, content: Uint8Array): ReceivedMessage {
  return {
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(recipient => recipient.address),
    secure,
    user,
    content,
  };
}
