import { released, type TokenBudget } from './budget.ts';
import type { Clock } from './clock.ts';
import { ReceiveCredit, SendCredit } from './credit.ts';
import { RelayError, type RelayPhase } from './fault.ts';
import { type Inbound, InboundQueue } from './inbound.ts';
import type { RelayLimits } from './limit.ts';
import {
  type ClientControl,
  closeNormal,
  encodeControl,
  maxBinaryOctets,
  parseControl,
  type RelayControl,
} from './protocol.ts';
import { SessionTimer } from './session-timer.ts';
import { hangUp, type RelayWebSocket, type Sent } from './websocket.ts';

export type OpenControl = Extract<ClientControl, { t: 'open' }>;
type OpenedControl = Extract<RelayControl, { t: 'opened' }>;

/** The browser's side of a session: controls, octets under credit, pings, and one way to end. */
export class BrowserLeg {
  /** How far the session has come, for the errors it reports. */
  phase: RelayPhase = 'open';
  /** Settles when the leg is over, with the reason. */
  readonly over: Promise<unknown>;

  readonly #webSocket: RelayWebSocket;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #inbound = new InboundQueue();
  readonly #receive: ReceiveCredit;
  readonly #ended = new AbortController();
  #state: 'new' | 'opening' | 'flowing' | 'ended' = 'new';
  #budget: Pick<TokenBudget, 'spend' | 'release'> | undefined;
  /** Whoever waits for the first message; forgotten with it, for it holds the token. */
  #opening: { resolve(open: OpenControl): void; reject(reason: unknown): void } | undefined;
  #mode: 'submit' | 'bytes' = 'submit';
  #send = new SendCredit(0);
  #window = 0;
  #taken = 0;
  #up = 0;
  #down = 0;
  #pings = 0;
  #timer: SessionTimer | undefined;

  constructor(webSocket: RelayWebSocket, clock: Clock, limits: RelayLimits) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    this.#limits = limits;
    this.#receive = new ReceiveCredit(limits.window);
    this.over = new Promise(resolve => {
      this.signal.addEventListener('abort', () => resolve(this.signal.reason));
    });
    webSocket.addEventListener('message', ({ data }) => this.#hear(data));
    webSocket.addEventListener('close', () => this.#left());
    webSocket.addEventListener('error', () => this.#left());
  }

  /** Aborts when the leg is over; the reason is a `RelayError`, or an `AbortError` when the browser left. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Octets that came from the browser and went to it. */
  get traffic(): { readonly up: number; readonly down: number } {
    return { up: this.#up, down: this.#down };
  }

  /** Resolves with the first message; rejects when the leg ends before it. */
  open(): Promise<OpenControl> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  /** Lets `budget` pay for what the browser sends, and be given back before the browser can see the end. */
  hold(budget: Pick<TokenBudget, 'spend' | 'release'>): void {
    this.#budget = budget;
  }

  /** Lets octets flow; `window` is what the browser is ready to receive. */
  accept(window: number, opened: OpenedControl): void {
    if (this.#state !== 'opening') return;
    this.#state = 'flowing';
    this.phase = 'session';
    this.#mode = opened.mode;
    this.#window = window;
    this.#send = new SendCredit(window);
    this.#timer = new SessionTimer(this.#clock, this.#limits, {
      expired: () => this.fail(new RelayError('E_TIMEOUT', this.phase)),
      ping: () => this.control({ t: 'ping', n: this.#pings++ }),
    });
    this.control(opened);
  }

  /** Takes what the browser sent next; that also says that what was taken before has been consumed. */
  take(): Inbound | Promise<Inbound> {
    const grant = this.#receive.consume(this.#taken);
    this.#taken = 0;
    if (grant > 0) this.control({ t: 'credit', n: grant });
    const item = this.#inbound.take();
    return item instanceof Promise ? item.then(next => this.#pay(next)) : this.#pay(item);
  }

  /** Sends octets as the browser's credit allows; rejects when the leg ends first. See `send` for `sent`. */
  async write(octets: Uint8Array, sent?: Sent): Promise<void> {
    for (let start = 0, end = 0; start < octets.length; start = end) {
      end = start + (await this.#send.take(Math.min(octets.length - start, maxBinaryOctets)));
      this.#down += end - start;
      if (this.#mode === 'submit' && this.#down > this.#limits.downBytes)
        this.fail(new RelayError('E_SIZE', this.phase));
      this.signal.throwIfAborted();
      const piece = octets.subarray(start, end) as Uint8Array<ArrayBuffer>;
      this.#transmit(piece, end === octets.length ? sent : undefined);
      this.#timer?.moved();
    }
  }

  control(control: RelayControl): void {
    if (this.#state !== 'ended') this.#transmit(encodeControl(control));
  }

  /** Ends the leg after `ms` milliseconds; returns how to cancel that. */
  deadline(ms: number): () => void {
    return this.#clock.timer(ms, () => this.fail(new RelayError('E_TIMEOUT', this.phase)));
  }

  /** See `SessionTimer.patient`. */
  patient(patient: boolean): void {
    if (this.#state === 'flowing') this.#timer?.patient(patient);
  }

  /** Ends in good order: no octets follow. */
  end(): void {
    this.#finish(new DOMException('The session is over', 'AbortError'), closeNormal, '', { t: 'end' });
  }

  /** Ends with an error that the browser is told. */
  fail(error: RelayError): void {
    const { code, phase, retryable, message } = error;
    this.#inbound.abandon();
    this.#finish(error, error.closeCode, code, { t: 'error', code, phase, retryable, message });
  }

  #pay(item: Inbound): Inbound | Promise<Inbound> {
    if (!(item instanceof Uint8Array)) return item;
    this.#taken = item.length;
    const give = (paid: boolean): Inbound => {
      if (!paid) this.fail(new RelayError('E_QUOTA', this.phase, { detail: 'quota-octets' }));
      return paid ? item : null;
    };
    const paid = this.#budget!.spend(item.length);
    return typeof paid === 'boolean' ? give(paid) : paid.then(give);
  }

  #finish(reason: unknown, code: number, text: string, last?: RelayControl): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#timer?.stop();
    this.#ended.abort(reason);
    this.#opening?.reject(reason);
    this.#inbound.end();
    this.#send.close(reason);
    if (last === undefined || this.#budget === undefined) this.#close(code, text, last);
    else released(this.#budget, this.#clock).then(() => this.#close(code, text, last));
  }

  #close(code: number, text: string, last: RelayControl | undefined): void {
    if (last !== undefined) this.#transmit(encodeControl(last));
    hangUp(this.#webSocket, code, text);
  }

  /** What came before stays to be taken: a browser may hang up right behind its QUIT. */
  #left(): void {
    this.#finish(new DOMException('The browser left', 'AbortError'), closeNormal, '');
  }

  #hear(data: unknown): void {
    if (this.#state === 'ended') return;
    this.#timer?.heard();
    try {
      if (typeof data === 'string') this.#obey(parseControl(data, 'client'));
      else if (data instanceof ArrayBuffer) this.#octets(new Uint8Array(data));
      else this.#refuse();
    } catch (error) {
      this.fail(new RelayError(error instanceof RelayError ? error.code : 'E_PROTOCOL', this.phase));
    }
  }

  #obey(control: ClientControl): void {
    if ((control.t === 'open') !== (this.#state === 'new')) this.#refuse();
    switch (control.t) {
      case 'open':
        this.#state = 'opening';
        this.#opening?.resolve(control);
        this.#opening = undefined;
        return;
      case 'ping':
        this.control({ t: 'pong', n: control.n });
        return;
      case 'pong':
        return;
      case 'credit':
        if (!this.#send.grant(control.n)) throw new RelayError('E_CREDIT', this.phase);
        return;
      case 'end':
        this.#flowing();
        this.#inbound.end();
        return;
      default:
        this.#flowing();
        if ((control.t === 'txn') !== (this.#mode === 'submit') || !this.#inbound.marker(control))
          this.#refuse();
    }
  }

  #octets(data: Uint8Array): void {
    this.#flowing();
    if (data.length > maxBinaryOctets) throw new RelayError('E_SIZE', this.phase);
    if (!this.#receive.receive(data.length)) throw new RelayError('E_CREDIT', this.phase);
    this.#up += data.length;
    if (this.#up > this.#limits.upBytes) throw new RelayError('E_SIZE', this.phase);
    this.#timer?.moved();
    if (data.length > 0) this.#inbound.octets(data);
  }

  #flowing(): void {
    if (this.#state !== 'flowing' || this.#inbound.ended) this.#refuse();
  }

  #transmit(data: string | Uint8Array<ArrayBuffer>, sent?: Sent): void {
    try {
      this.#webSocket.send(data, sent);
    } catch {
      this.#left();
    }
    // An honest browser's credit keeps the buffer within its window: more means that it grants what it has not read,
    // and a message about that would only add to the buffer.
    if ((this.#webSocket.bufferedAmount ?? 0) <= this.#window + 4 * maxBinaryOctets) return;
    const error = new RelayError('E_CREDIT', this.phase);
    this.#inbound.abandon();
    this.#finish(error, error.closeCode, error.code);
  }

  #refuse(): never {
    throw new RelayError('E_PROTOCOL', this.phase);
  }
}
