import { within } from '../deadline.ts';
import { ReceiveCredit, SendCredit } from '../relay/credit.ts';
import { quotaDetailOf, RelayError } from '../relay/fault.ts';
import {
  type ClientControl,
  defaultWindow,
  encodeControl,
  maxBinaryOctets,
  parseControl,
  type RelayControl,
  type RelaySecure,
  relaySubprotocol,
} from '../relay/protocol.ts';
import type { TransactionOutcome } from '../transaction.ts';
import { outcomeOf } from './told-outcome.ts';

export type Opened = Extract<RelayControl, { t: 'opened' }>;

/** How long the relay's end of a session and the WebSocket's own are waited for, in milliseconds, each. */
const closeMs = 1000;

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** The part of the WHATWG WebSocket that is used. */
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocket;

/** How a channel is opened. */
export interface ChannelOptions {
  readonly url: string;
  readonly token: string;
  readonly target: string;
  readonly WebSocket: WebSocketConstructor;
}

/** The browser's end of `smtp-bridge.v1`: one WebSocket, octets under credit both ways, controls in between. */
export class RelayChannel {
  readonly opened: Promise<Opened>;
  /** TLS between the relay and the mail server, once there is some. */
  secure: RelaySecure | null = null;
  /** Settles when the WebSocket is closed. */
  readonly closed: Promise<void>;
  readonly #webSocket: WebSocket;
  readonly #receive = new ReceiveCredit(defaultWindow);
  #send = new SendCredit(0);
  #queue: Uint8Array[] = [];
  #end: { readonly error?: unknown } | undefined;
  #readable: (() => void) | undefined;
  #settleOpened!: Waiting<Opened>;
  #upgrading: Waiting<void> | undefined;
  /** Whoever waits to hear what the relay knows of a transaction, by its name. */
  readonly #naming = new Map<string, Waiting<TransactionOutcome>>();
  #settleClosed!: () => void;
  /** The relay has opened the session. */
  #flowing = false;
  #saidEnd = false;

  constructor({ url, token, target, WebSocket }: ChannelOptions) {
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = { resolve, reject };
    });
    this.opened.catch(() => {});
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
    const webSocket = new WebSocket(url, relaySubprotocol);
    this.#webSocket = webSocket;
    // Workers' default is 'blob', which is asynchronous to read.
    webSocket.binaryType = 'arraybuffer';
    webSocket.addEventListener('open', () =>
      this.control({ t: 'open', v: 1, token, target, window: defaultWindow }),
    );
    webSocket.addEventListener('message', ({ data }) => this.#hear(data));
    webSocket.addEventListener('error', event => {
      // Node says why; browsers do not.
      const { error: cause } = event as { readonly error?: unknown };
      this.#finish({ error: new Error('The WebSocket to the relay failed', { cause }) });
    });
    webSocket.addEventListener('close', ({ code }) => {
      this.#finish({
        error:
          code === 1000
            ? new Error('The relay closed the connection')
            : new Error(`The WebSocket to the relay failed (close code ${code})`),
      });
      this.#settleClosed();
    });
  }

  control(control: ClientControl): void {
    if (this.#webSocket.readyState === 1) this.#webSocket.send(encodeControl(control));
  }

  /** The next octets, or null at their end; what was given before counts as consumed. */
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const octets = this.#queue.shift();
      if (octets !== undefined) {
        const grant = this.#receive.consume(octets.length);
        if (grant > 0 && this.#end === undefined) this.control({ t: 'credit', n: grant });
        return octets;
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return null;
      }
      await new Promise<void>(resolve => {
        this.#readable = resolve;
      });
    }
  }

  /** Sends octets as the relay's credit allows. */
  async write(octets: Uint8Array): Promise<void> {
    for (let at = 0; at < octets.length; ) {
      const taken = await this.#send.take(Math.min(octets.length - at, maxBinaryOctets));
      this.#webSocket.send(octets.subarray(at, at + taken) as Uint8Array<ArrayBuffer>);
      at += taken;
    }
  }

  /** Asks the relay to upgrade its side to TLS; no octets may come until it has. */
  startTls(): Promise<void> {
    if (this.#queue.length > 0) {
      const error = new RelayError('E_TLS_INJECTION', 'tls');
      this.#fail(error);
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#upgrading = { resolve, reject };
      this.control({ t: 'starttls' });
    });
  }

  /** Names the transaction that the next MAIL begins; resolves with what the relay knows of that name. */
  nameTransaction(id: string): Promise<TransactionOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#reason(this.#end));
      this.#naming.set(id, { resolve, reject });
      this.control({ t: 'txn', id });
    });
  }

  /** Says that no octets follow, once. */
  end(): void {
    if (!this.#saidEnd) this.control({ t: 'end' });
    this.#saidEnd = true;
  }

  /** Hangs up, and gives the relay a moment to end the session first: it counts connections until then. */
  async close(): Promise<void> {
    const flowing = this.#flowing && this.#end === undefined;
    this.#finish({ error: new Error('The connection was closed on this side') });
    if (flowing) {
      this.end();
      await within(this.closed, closeMs);
    }
    this.#webSocket.close(1000);
    await within(this.closed, closeMs);
  }

  #hear(data: unknown): void {
    if (this.#end !== undefined) return;
    try {
      if (typeof data === 'string') this.#obey(parseControl(data, 'relay'));
      else if (data instanceof ArrayBuffer) this.#take(new Uint8Array(data));
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(octets: Uint8Array): void {
    if (this.#upgrading !== undefined) throw new RelayError('E_TLS_INJECTION', 'tls');
    if (!this.#receive.receive(octets.length)) throw new RelayError('E_CREDIT', 'session');
    if (octets.length > 0) this.#queue.push(octets);
    this.#wake();
  }

  #obey(control: RelayControl): void {
    switch (control.t) {
      case 'opened':
        this.#flowing = true;
        this.secure = control.secure;
        this.#send = new SendCredit(control.window);
        this.#settleOpened.resolve(control);
        break;
      case 'credit':
        if (!this.#send.grant(control.n)) throw new RelayError('E_CREDIT', 'session');
        break;
      case 'secure':
        if (this.#upgrading === undefined) throw new RelayError('E_PROTOCOL', 'tls');
        this.secure = control;
        this.#upgrading.resolve();
        this.#upgrading = undefined;
        break;
      case 'ping':
        this.control({ t: 'pong', n: control.n });
        break;
      case 'end':
        this.#finish({});
        break;
      case 'error': {
        const { code, phase, retryable, message } = control;
        const detail = quotaDetailOf(message);
        this.#finish({ error: new RelayError(code, phase, { retryable, ...(detail && { detail }) }) });
        break;
      }
      case 'outcome':
        this.#naming.get(control.id)?.resolve(outcomeOf(control));
        this.#naming.delete(control.id);
        break;
      case 'pong':
        break;
    }
  }

  #fail(error: unknown): void {
    this.#finish({ error });
    this.#webSocket.close(error instanceof RelayError ? error.closeCode : 4400);
  }

  /** The first reason counts; what has arrived is still read before it shows. */
  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const error = this.#reason(end);
    this.#settleOpened.reject(error);
    this.#upgrading?.reject(error);
    for (const { reject } of this.#naming.values()) reject(error);
    this.#send.close(error);
    this.#wake();
  }

  #reason(end: { readonly error?: unknown }): unknown {
    return end.error ?? new Error('The relay ended the session');
  }

  #wake(): void {
    this.#readable?.();
    this.#readable = undefined;
  }
}
