import { ReceiveCredit, SendCredit } from './credit.ts';
import {
  type ClientControl,
  defaultWindow,
  encodeControl,
  parseControl,
  type RelayControl,
} from './protocol.ts';
import type { RelayWebSocket } from './websocket.ts';

/** The part of a browser's WebSocket that is scripted. */
interface BrowserWebSocket {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

type Of<T extends RelayControl['t']> = Extract<RelayControl, { t: T }>;

/** The browser's side of a relay session, told what to do by a test; it remembers all it hears. */
export class ScriptedBrowser {
  readonly heard: RelayControl[] = [];
  /** Grants credit for what it hears; a test that withholds it sets this to false. */
  consuming = true;
  received = 0;
  text = '';
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #webSocket: BrowserWebSocket;
  readonly #receive: ReceiveCredit;
  readonly #window: number;
  #send: SendCredit | undefined;
  #changed: () => void = () => {};
  #over = false;

  constructor(webSocket: BrowserWebSocket, window: number = defaultWindow) {
    this.#webSocket = webSocket;
    this.#window = window;
    this.#receive = new ReceiveCredit(window);
    webSocket.addEventListener('message', ({ data }) => this.#hear(data));
    this.closed = new Promise(resolve => {
      webSocket.addEventListener('close', ({ code, reason }) => {
        this.#over = true;
        this.#changed();
        resolve({ code, reason });
      });
    });
  }

  say(control: ClientControl | string): void {
    this.#webSocket.send(typeof control === 'string' ? control : encodeControl(control));
  }

  open(token: string, target = 'default'): void {
    this.say({ t: 'open', v: 1, token, target, window: this.#window });
  }

  /** Sends octets without regard for credit. */
  push(octets: Uint8Array<ArrayBuffer>): void {
    this.#webSocket.send(octets);
  }

  /** Sends octets as credit allows. */
  async write(octets: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = typeof octets === 'string' ? new TextEncoder().encode(octets) : octets;
    for (let at = 0; at < bytes.length; ) {
      const taken = await this.#send!.take(Math.min(bytes.length - at, 65_536));
      this.push(bytes.subarray(at, at + taken));
      at += taken;
    }
  }

  hangUp(): void {
    this.#webSocket.close(1000, '');
  }

  /** Waits for a control of this type, the `nth` one. */
  async control<T extends RelayControl['t']>(type: T, nth = 1): Promise<Of<T>> {
    const found = () => this.heard.filter((control): control is Of<T> => control.t === type)[nth - 1];
    await this.#until(() => found() !== undefined, type);
    return found()!;
  }

  /** Waits until the text heard ends like this, and gives what was heard since the last time. */
  async until(ending: RegExp): Promise<string> {
    await this.#until(() => ending.test(this.text), String(ending));
    const { text } = this;
    this.text = '';
    return text;
  }

  async octets(count: number): Promise<void> {
    await this.#until(() => this.received >= count, `${count} octets`);
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    while (!done()) {
      if (this.#over) throw new Error(`Closed before ${what}: ${JSON.stringify([this.heard, this.text])}`);
      await new Promise<void>(resolve => {
        this.#changed = resolve;
      });
    }
  }

  #hear(data: unknown): void {
    if (typeof data === 'string') this.#obey(parseControl(data, 'relay'));
    else this.#take(new Uint8Array(data as ArrayBuffer));
    this.#changed();
  }

  #obey(control: RelayControl): void {
    this.heard.push(control);
    if (control.t === 'opened') this.#send = new SendCredit(control.window);
    if (control.t === 'credit' && !this.#send!.grant(control.n))
      throw new Error('The relay granted too much');
    if (control.t === 'ping' && this.consuming) this.say({ t: 'pong', n: control.n });
  }

  #take(octets: Uint8Array): void {
    if (!this.#receive.receive(octets.length)) throw new Error('The relay sent more than its credit');
    this.received += octets.length;
    // Long streams are counted only.
    if (this.text.length < 65_536) this.text += new TextDecoder('latin1').decode(octets);
    const grant = this.consuming ? this.#receive.consume(octets.length) : 0;
    if (grant > 0) this.say({ t: 'credit', n: grant });
  }
}

/** Two WebSockets joined in memory: the relay's end and the browser's. */
export function webSocketPair(): { readonly relay: RelayWebSocket; readonly browser: BrowserWebSocket } {
  const relay = new MemoryWebSocket();
  const browser = new MemoryWebSocket();
  relay.peer = browser;
  browser.peer = relay;
  return { relay, browser };
}

// biome-ignore lint/suspicious/noExplicitAny: listeners of three kinds of event
type Listener = (event: any) => void;

class MemoryWebSocket implements RelayWebSocket {
  peer!: MemoryWebSocket;
  readonly #listeners = new Map<string, Listener[]>();
  #closing = false;

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closing) return;
    const copy = typeof data === 'string' ? data : data.slice().buffer;
    queueMicrotask(() => this.peer.#tell('message', { data: copy }));
  }

  close(code = 1005, reason = ''): void {
    if (this.#closing) return;
    this.#closing = true;
    queueMicrotask(() => {
      this.#tell('close', { code, reason });
      if (!this.peer.#closing) {
        this.peer.#closing = true;
        this.peer.#tell('close', { code, reason });
      }
    });
  }

  #tell(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}
