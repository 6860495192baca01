import { type EnhancedStatus, parseEnhancedStatus } from './enhanced-status.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Offer } from './parameter-rule.ts';
import type { Question, ServerEvent } from './server-action.ts';
import { offeredExtensions, type ServerSettings } from './server-options.ts';
import { ServerOutbox } from './server-outbox.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';
import { outOfSequence, SERVER_STATES, type ServerState, type ServerVerb } from './server-state.ts';
import type { ServerTransaction } from './server-transaction.ts';

/** A question the host has yet to answer, and what each answer leads to. */
export interface PendingQuestion {
  readonly question: Question;
  readonly accept: (text: string | undefined) => void;
  readonly reject: (code: number, text: string, enhanced: EnhancedStatus | undefined) => void;
  /** AUTH alone can go on with another challenge. */
  readonly challenge?: (octets: Uint8Array) => void;
}

/** Why a session ended. */
export type EndReason = Extract<ServerEvent, { type: 'end' }>['reason'];

const NO_OFFER: Offer = new Map();

/** What every part of the server machine knows of its one session, and the only way to reply, move and end. */
export class ServerSession {
  readonly settings: ServerSettings;
  readonly input: LineBuffer = new LineBuffer();
  readonly outbox: ServerOutbox = new ServerOutbox();
  secure: boolean;
  authenticated = false;
  /** STARTTLS was answered; plaintext is no longer listened to. */
  upgrading = false;
  transaction: ServerTransaction | undefined;
  pending: PendingQuestion | undefined;
  /** Changes when something new is awaited. */
  waitId = 1;
  #state: ServerState = 'connected';
  #extended = false;
  #offer: Offer = NO_OFFER;
  #errors = 0;

  constructor(settings: ServerSettings) {
    this.settings = settings;
    this.secure = settings.secure;
    const { noService, serverName, greeting } = settings;
    if (noService !== undefined) this.#state = 'no-service';
    const text = noService ?? greeting;
    this.outbox.reply({
      code: noService === undefined ? 220 : 554,
      lines: [`${serverName} ${text}`.trimEnd()],
    });
  }

  get state(): ServerState {
    return this.#state;
  }

  /** The client said EHLO or LHLO. */
  get extended(): boolean {
    return this.#extended;
  }

  /** What EHLO offered; nothing after HELO or before. */
  get offer(): Offer {
    return this.#offer;
  }

  /** Says why a verb is out of sequence in this state. */
  outOfSequence(verb: ServerVerb): Refusal | undefined {
    return outOfSequence(this.#state, verb);
  }

  /** A verb was served: the state table says where that leads. */
  move(verb: ServerVerb): void {
    this.#state = SERVER_STATES[this.#state][verb] ?? this.#state;
  }

  /** A client has introduced itself; `extended` with EHLO or LHLO. */
  introduce(extended: boolean): void {
    this.abandon();
    this.move('HELLO');
    this.#extended = extended;
    this.#offer = extended ? offeredExtensions(this.settings, this.secure) : NO_OFFER;
  }

  /** TLS is up: everything learnt from the client before it is forgotten (RFC 3207 §4.2). */
  restart(): void {
    this.upgrading = false;
    this.secure = true;
    this.authenticated = false;
    this.#extended = false;
    this.#offer = NO_OFFER;
    this.move('STARTTLS');
    this.waitId++;
    this.outbox.event({ type: 'secure' });
  }

  /** Answers the client; the text may have several lines, control characters become spaces. */
  reply(code: number, text: string, enhanced?: EnhancedStatus): void {
    const lines = text.split(/\r\n|\r|\n/).map(line => line.replace(/[\u0000-\u001f\u007f]/g, ' '));
    this.outbox.reply({
      code,
      lines,
      ...(code !== 354 && this.#offersStatus() ? { enhanced: status(code, lines[0]!, enhanced) } : {}),
    });
    if (code === 421) this.end('closed');
  }

  /** Refuses something that is no sign of a broken client. */
  decline(refusal: Refusal): void {
    this.reply(refusal.code, refusal.text, refusal.enhanced);
  }

  /**
   * Refuses a command that a client should not have sent; too many of those end the session. 503 is no such error:
   * a group behind a refused MAIL earns one for each of its recipients (RFC 2920 §3.1).
   */
  refuse(refusal: Refusal): void {
    if (refusal.code === 421) this.end('protocol', refusal);
    else this.decline(refusal);
    if (refusal.code >= 500 && refusal.code !== 503 && ++this.#errors >= this.settings.maxErrors)
      this.end('protocol', REFUSALS.tooManyErrors);
  }

  /** A login or a message went through: earlier errors are forgiven. */
  forgive(): void {
    this.#errors = 0;
  }

  /** Opens a question; a session that has just ended has none. */
  ask(pending: PendingQuestion): void {
    if (this.#state !== 'closed') this.pending = pending;
  }

  /** Voids the transaction in progress. */
  abandon(): void {
    if (this.transaction !== undefined) this.outbox.event({ type: 'reset' });
    this.transaction = undefined;
  }

  /** Ends the session, with a last reply perhaps. */
  end(reason: EndReason, refusal?: Refusal): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.pending = undefined;
    this.upgrading = false;
    this.input.clear();
    this.abandon();
    if (refusal !== undefined) this.decline(refusal);
    this.outbox.flush();
    this.outbox.event({ type: 'end', reason });
  }

  #offersStatus(): boolean {
    return this.settings.extensions.some(line => /^ENHANCEDSTATUSCODES$/i.test(line));
  }
}

/** Every 2yz, 4yz and 5yz reply carries a status once they are offered, if only "other" (RFC 2034 §4). */
function status(code: number, text: string, given: EnhancedStatus | undefined): EnhancedStatus {
  const fallback = code < 300 ? '2.0.0' : code < 500 ? '4.0.0' : '5.0.0';
  return given ?? parseEnhancedStatus(code, text) ?? fallback;
}
