import type { ServeHandler } from '@posthaste/bridge';
import { type Listener, type ListenOptions, listen } from '@posthaste/bridge/listen';
import PostalMime, { type Email } from 'postal-mime';
import { onTestFinished } from 'vitest';
import { authority } from '../peer/authority.ts';
import { account } from '../peer/delivery-desk.ts';

/** A message that the inbox took. */
interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  /** Who had signed in. */
  readonly user: string | undefined;
  /** Number of the session, from 1, that it came over. */
  readonly sessionNumber: number;
  readonly source: string;
  readonly email: Email;
}

/** A mail server on loopback that reads what it is sent. */
export interface Inbox {
  readonly port: number;
  /** As `createMailer` takes it; with credentials where the mode has TLS. */
  readonly url: string;
  readonly received: readonly Received[];
}

/** Opens an inbox until the test is over; whoever uses TLS signs in as the one account there is. */
export async function openInbox(
  mode: NonNullable<ListenOptions['mode']> = 'plain',
  handler: ServeHandler = {},
  certificate: { readonly cert: string; readonly key: string } = authority().certificate,
): Promise<Inbox> {
  const received: Received[] = [];
  const numbers = new WeakMap<object, number>();
  let sessions = 0;
  const listener: Listener = await listen({
    mode,
    ...(mode !== 'plain' && { cert: certificate.cert, key: certificate.key }),
    server: {
      serverName: 'inbox.test',
      extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'],
      ...(mode !== 'plain' && { auth: ['PLAIN'] }),
    },
    handler: {
      onAuth({ response }, session) {
        const [, user, pass] = new TextDecoder().decode(response ?? new Uint8Array()).split('\0');
        if (pass !== account.pass) return { code: 535, text: 'Credentials invalid', enhanced: '5.7.8' };
        session.user = user!;
        return undefined;
      },
      ...handler,
      async onMessage(message) {
        const verdict = await handler.onMessage?.(message);
        if (verdict !== undefined) return verdict;
        const { envelope, content, session } = message;
        if (!numbers.has(session)) numbers.set(session, ++sessions);
        received.push({
          from: envelope.from,
          to: envelope.to,
          secure: session.secure,
          user: session.user,
          sessionNumber: numbers.get(session)!,
          source: new TextDecoder().decode(content),
          email: await PostalMime.parse(content, { attachmentEncoding: 'arraybuffer' }),
        });
        return undefined;
      },
    },
  });
  onTestFinished(() => listener.close());
  const { port } = listener;
  const credentials = `${account.user}:${encodeURIComponent(account.pass)}`;
  const urls = {
    plain: `smtp://127.0.0.1:${port}?tls=none`,
    starttls: `smtp://${credentials}@localhost:${port}`,
    implicit: `smtps://${credentials}@localhost:${port}`,
  };
  return { port, url: urls[mode], received };
}
