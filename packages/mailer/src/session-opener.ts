import type { Connection, ConnectionOptions, TransactionOutcome } from '@posthaste/bridge';
import type { RelayConnectOptions } from '@posthaste/bridge/websocket';
import { Credentials } from './auth.ts';
import { askCallback } from './callback.ts';
import { isSmtpError } from './known-error.ts';
import { maskedConnection, withoutSecrets } from './masked-connection.ts';
import type { MailerOptions, RelayOptions } from './options.ts';
import { noRelay } from './relay-answer.ts';
import { Secrets } from './secrets.ts';
import { transcriptListener } from './transcript-listener.ts';

/** Opens sessions with one server, signed in and ready for messages. */
export class SessionOpener {
  readonly #options: MailerOptions;
  readonly #credentials: Credentials | undefined;

  constructor(options: MailerOptions) {
    this.#options = options;
    this.#credentials = options.auth && new Credentials(options.auth);
  }

  /**
   * Opens one session. After a rejected access token that can be fetched anew, it tries once more with a new one.
   *
   * @throws SmtpError | ConnectError
   */
  async open(partial: 'accept' | 'reject', signal: AbortSignal): Promise<Connection> {
    // Loaded at the first connect, so that importing the package stays cheap.
    const { openConnection } = await import('./open-connection.ts');
    const secrets = new Secrets();
    const options = { ...(await this.#target(secrets)), ...this.#session(partial, secrets), signal };
    const credentials = this.#credentials;
    const open = async (): Promise<Connection> => {
      const auth = await credentials?.mechanisms(signal, secrets);
      const opening = openConnection({ ...options, ...(auth && { auth }) });
      return maskedConnection(await withoutSecrets(opening, secrets), secrets);
    };
    try {
      return await open();
    } catch (error) {
      if (!(isSmtpError(error) && error.kind === 'auth' && credentials?.renewable(error))) throw error;
      return open();
    }
  }

  /**
   * Asks the relay what became of a message.
   *
   * @throws MailerError `unsupported` when messages go through no relay
   * @throws ConnectError
   */
  async ask(transaction: string, signal: AbortSignal | undefined): Promise<TransactionOutcome> {
    const { relay, allowInsecureAuth } = this.#options;
    if (relay === undefined) throw noRelay();
    const { relayOutcome } = await import('@posthaste/bridge/websocket');
    const secrets = new Secrets();
    return withoutSecrets(
      relayOutcome(guardedRelay({ relay, allowInsecureAuth }, secrets), transaction, signal && { signal }),
      secrets,
    );
  }

  /** Where to connect, and by what. */
  async #target(secrets: Secrets): Promise<Pick<ConnectionOptions, 'hostname' | 'port' | 'tls' | 'connect'>> {
    const { relay, allowInsecureAuth, hostname, port, tls, connect } = this.#options;
    if (relay) {
      const { relayConnect } = await import('@posthaste/bridge/websocket');
      const url = new URL(relay.url);
      return {
        hostname: url.hostname,
        port: url.port === '' ? 443 : Number(url.port),
        ...(tls !== undefined && { tls }),
        connect: relayConnect(guardedRelay({ relay, allowInsecureAuth }, secrets)),
      };
    }
    return {
      hostname: hostname!,
      ...(port !== undefined && { port }),
      ...(tls !== undefined && { tls }),
      ...(connect && { connect }),
    };
  }

  #session(partial: 'accept' | 'reject', secrets: Secrets): Partial<ConnectionOptions> {
    const { tlsOptions, allowInsecureAuth, clientName, protocol, localAddress } = this.#options;
    const { timeouts, transfer, onTranscript } = this.#options;
    return {
      partial,
      // With everything in one write nobody can be spared once the server has asked for the content.
      pipelineData: partial === 'accept',
      ...(tlsOptions && { tlsOptions }),
      ...(allowInsecureAuth !== undefined && { allowInsecureAuth }),
      ...(clientName !== undefined && { clientName }),
      ...(protocol !== undefined && { protocol }),
      ...(localAddress !== undefined && { localAddress }),
      ...(timeouts && { timeouts }),
      ...(transfer && { transfer }),
      ...(onTranscript && { onTranscript: transcriptListener(onTranscript, secrets) }),
    };
  }
}

/** The relay with its token function named in what it throws, and its tokens among the secrets. */
function guardedRelay(
  { relay, allowInsecureAuth = false }: { relay: RelayOptions; allowInsecureAuth: boolean | undefined },
  secrets: Secrets,
): RelayConnectOptions {
  const { url, token, target } = relay;
  const options = { url: String(url), ...(target !== undefined && { target }), allowInsecureAuth };
  const keep = (fetched: string): string => {
    secrets.add(fetched);
    return fetched;
  };
  if (typeof token === 'string') return { ...options, token: keep(token) };
  return {
    ...options,
    token: async signal => keep(await askCallback('relay.token', () => token.call(relay, signal), signal)),
  };
}
