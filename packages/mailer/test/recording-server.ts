import type { Connect } from '@posthaste/bridge';
import { type Listener, type ListenOptions, listen } from '@posthaste/bridge/listen';

type Handler = ListenOptions['handler'];

/** A message that the server took responsibility for. */
export interface Recorded {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A real SMTP server on loopback that keeps what it accepted. */
export interface RecordingServer extends Listener {
  readonly messages: Recorded[];
  /** How many sessions said EHLO, HELO or LHLO. */
  sessions: number;
}

export interface RecordingServerOptions {
  readonly handler?: Handler;
  readonly server?: Partial<Extract<ListenOptions['server'], object>>;
  readonly listen?: Partial<ListenOptions>;
}

export async function startServer(options: RecordingServerOptions = {}): Promise<RecordingServer> {
  const messages: Recorded[] = [];
  const given = options.handler ?? {};
  const handler: Handler = {
    ...given,
    onHello: async (hello, session) => {
      recording.sessions++;
      return given.onHello?.(hello, session);
    },
    onMessage: async message => {
      const verdict = await given.onMessage?.(message);
      if (verdict !== undefined) return verdict;
      messages.push({
        from: message.envelope.from,
        to: message.recipient === undefined ? message.envelope.to : [message.recipient],
        content: new TextDecoder().decode(message.content),
        parameters: message.envelope.parameters,
      });
      return undefined;
    },
  };
  const listener = await listen({
    server: {
      serverName: 'mx.example.org',
      extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'],
      ...options.server,
    },
    handler,
    ...options.listen,
  });
  const recording: RecordingServer = Object.assign(listener, { messages, sessions: 0 });
  return recording;
}

/** How a client reaches a server. */
export interface Local {
  readonly hostname: string;
  readonly port: number;
  readonly tls: 'none';
  readonly connect?: Connect;
}

/** Options for a mailer that speaks to that server, in the way that this runtime has. */
export function local(server: Listener & { readonly connect?: Connect }): Local {
  const { port, connect } = server;
  return { hostname: '127.0.0.1', port, tls: 'none', ...(connect && { connect }) };
}

/**
 * Options for a mailer that finds nobody listening. A port that was closed a moment ago could be given to another
 * process's server, a privileged one is given to none.
 */
export async function nobody(): Promise<Local> {
  const server = await startServer();
  await server.close();
  const reach = local(server);
  return reach.connect ? reach : { ...reach, port: 1 };
}
