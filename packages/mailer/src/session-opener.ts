import type { Connection, ConnectionOptions, TransactionOutcome } from '@posthaste/bridge';
import { Credentials } from './auth.ts';
import { askCallback, namedListener } from './callback.ts';
import { isSmtpError } from './known-error.ts';
import type { MailerOptions, RelayOptions } from './options.ts';
import { noRelay } from './relay-answer.ts';

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
    const options = { ...(await this.#target()), ...this.#session(partial), signal };
    if (this.#credentials === undefined) return openConnection(options);
    try {
      return await openConnection({ ...options, auth: await this.#credentials.mechanisms(signal) });
    } catch (error) {
      if (!(isSmtpError(error) && error.kind === 'auth' && this.#credentials.renewable(error))) throw error;
      return openConnection({ ...options, auth: await this.#credentials.mechanisms(signal) });
    }
  }

  /**
   * Asks the relay what became of a message.
   *
   * @throws MailerError `unsupported` when messages go through no relay
   * @throws ConnectError
   */
  async ask(transaction: string, signal: AbortSignal | undefined): Promise<TransactionOutcome> {
    const { relay } = this.#options;
    if (relay === undefined) throw noRelay();
    const { relayOutcome } = await import('@posthaste/bridge/websocket');
    return relayOutcome(guardedRelay(relay), transaction, signal && { signal });
  }

  /** Where to connect, and by what. */
  async #target(): Promise<Pick<ConnectionOptions, 'hostname' | 'port' | 'tls' | 'connect'>> {
    const { relay, hostname, port, tls, connect } = this.#options;
    if (relay) {
      const { relayConnect } = await import('@posthaste/bridge/websocket');
      const url = new URL(relay.url);
      return {
        hostname: url.hostname,
        port: url.port === '' ? 443 : Number(url.port),
        ...(tls !== undefined && { tls }),
        connect: relayConnect(guardedRelay(relay)),
      };
    }
    return {
      hostname: hostname!,
      ...(port !== undefined && { port }),
      ...(tls !== undefined && { tls }),
      ...(connect && { connect }),
    };
  }

  #session(partial: 'accept' | 'reject'): Partial<ConnectionOptions> {
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
      ...(onTranscript && { onTranscript: namedListener('onTranscript', onTranscript) }),
    };
  }
}

/** The relay with its token function named in what it throws. */
function guardedRelay(relay: RelayOptions): RelayOptions {
  const { token } = relay;
  if (typeof token === 'string') return relay;
  return { ...relay, token: signal => askCallback('relay.token', () => token(signal), signal) };
}
