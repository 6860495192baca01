import type { OpId, Phase, SmtpClient, Wait } from '@posthaste/smtp-core';
import { Deadline } from './deadline.ts';
import type { DriveHost } from './drive-host.ts';
import type { Socket } from './socket.ts';
import { Wire, type WireListener } from './wire.ts';

/** Deadlines in milliseconds that replace those of the machine (RFC 5321 §4.5.3.2). */
export type PhaseTimeouts = { readonly [phase in Phase]?: number };

/** How long the TLS handshake may take, in milliseconds. */
const tlsMs = 30_000;
/** How long the socket may take for one group of content (RFC 5321 §4.5.3.2.5, "Data Block"), in milliseconds. */
const contentBlockMs = 180_000;

/**
 * Obeys a client machine: one loop between it and a socket. It never waits for one thing alone, so an early 552 or 421
 * is heard while content is being sent.
 */
export class Drive implements WireListener {
  /** Settles when the socket is closed; never rejects. */
  readonly closed: Promise<void>;
  readonly #machine: SmtpClient;
  readonly #wire: Wire;
  readonly #host: DriveHost;
  readonly #timeouts: PhaseTimeouts;
  readonly #deadline = new Deadline();
  #pumping = false;
  #ended = false;
  #heard = false;
  /** A TLS upgrade or a SASL response is being waited for. */
  #asking = false;
  /** The machine waits for the server alone: what the socket takes meanwhile changes nothing. */
  #listening = false;
  /** The op whose content is being waited for. */
  #contentOp: OpId | undefined;
  #settleClosed!: () => void;

  constructor(machine: SmtpClient, socket: Socket, host: DriveHost, timeouts: PhaseTimeouts = {}) {
    this.#machine = machine;
    this.#host = host;
    this.#timeouts = timeouts;
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
    this.#wire = new Wire(socket, this);
  }

  /** The session has ended, or is ending. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Does everything the machine asks for until it waits; call it after giving the machine work. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#listening = false;
    try {
      while (this.#obey());
    } finally {
      this.#pumping = false;
    }
  }

  /** Ends the session now; ops that are under way end with this cause. */
  fail(cause: unknown): void {
    if (this.#ended) return;
    this.#machine.fail(cause);
    this.pump();
    this.#end();
  }

  onRead(octets: Uint8Array | null): void {
    if (!this.#heard && octets !== null) this.#host.onFirstOctets(octets);
    this.#heard = true;
    this.#machine.receive(octets);
    this.pump();
  }

  onWritten(): void {
    if (!this.#listening) this.pump();
  }

  onFailure(error: unknown): void {
    this.#host.onFailure('socket', error);
    this.#machine.fail(error);
    this.pump();
  }

  /** Takes one action; false when nothing more can be done for now. */
  #obey(): boolean {
    const action = this.#machine.poll();
    // Once the session is over, the machine still decides what is given to it late.
    if (this.#ended && action.type !== 'event') return false;
    switch (action.type) {
      case 'write':
        this.#wire.hold(action.data);
        return true;
      case 'event':
        this.#host.onEvent(action.event);
        return true;
      case 'body':
        return this.#feed(action.op, action.max);
      case 'read':
      case 'idle':
        this.#await(action.wait);
        return false;
      case 'starttls':
        this.#wire.flush();
        if (!this.#wire.busy) this.#upgrade();
        return false;
      case 'auth':
        // The mechanism may take its time: nothing is awaited of the server.
        this.#deadline.rest();
        this.#wire.flush();
        this.#ask(
          () => action.mechanism.respond(action.challenge),
          response =>
            this.#host.signInAborted ? this.#machine.authAbort() : this.#machine.authRespond(response),
          error => {
            this.#host.onFailure('auth', error);
            this.#machine.authAbort();
          },
        );
        return false;
      case 'close':
        this.#end();
        return false;
    }
  }

  #await(wait: Wait | undefined): void {
    this.#listening = true;
    this.#wire.flush();
    this.#wire.read();
    if (wait === undefined) this.#deadline.clear();
    else this.#deadline.arm(wait.id, this.#timeouts[wait.phase] ?? wait.ms, this.#expire);
  }

  /** Gives the machine the next octets of an op's content, or waits for the source or the socket. */
  #feed(op: OpId, max: number): boolean {
    const aborted = this.#host.aborted(op);
    if (aborted !== undefined) {
      this.#contentOp = undefined;
      this.#machine.bodyAbort(aborted.reason, op);
      return true;
    }
    if (this.#contentOp === op) {
      // The source may take its time, whatever was awaited of the server meanwhile.
      this.#deadline.rest();
      this.#wire.read();
      return false;
    }
    if (this.#wire.busy) {
      this.#wire.read();
      this.#deadline.arm('content', this.#timeouts.body ?? contentBlockMs, this.#expire);
      return false;
    }
    this.#deadline.rest();
    try {
      const octets = this.#host.content(op, max);
      if (octets instanceof Promise) {
        this.#contentOp = op;
        this.#fetch(op, octets);
        this.#wire.flush();
        this.#wire.read();
        return false;
      }
      this.#machine.body(octets, op);
    } catch (error) {
      this.#machine.bodyAbort(error, op);
    }
    return true;
  }

  #fetch(op: OpId, octets: Promise<Uint8Array | null>): void {
    const settle = (tell: () => void) => {
      // Another op may have been asked for meanwhile: this one was decided without its content.
      if (this.#contentOp !== op) return;
      this.#contentOp = undefined;
      if (this.#ended) return;
      tell();
      this.pump();
    };
    octets.then(
      chunk => settle(() => this.#machine.body(chunk, op)),
      error => settle(() => this.#machine.bodyAbort(error, op)),
    );
  }

  #upgrade(): void {
    this.#deadline.clear();
    this.#ask(
      () => this.#wire.upgrade(this.#timeouts.tls ?? tlsMs),
      info => {
        if (info === undefined) return this.#machine.timeout();
        this.#host.onSecure(info.tls);
        this.#machine.tlsStarted();
      },
      error => {
        this.#host.onFailure('tls', error);
        this.#machine.tlsFailed(error);
      },
    );
  }

  /** Asks once for something asynchronous, and pumps on when it is there. */
  #ask<T>(
    question: () => T | Promise<T>,
    answer: (value: T) => void,
    refuse: (error: unknown) => void,
  ): void {
    if (this.#asking) return;
    this.#asking = true;
    const settle = (tell: () => void) => {
      this.#asking = false;
      if (this.#ended) return;
      tell();
      this.pump();
    };
    Promise.resolve()
      .then(question)
      .then(
        value =>
          settle(() => {
            try {
              answer(value);
            } catch (error) {
              refuse(error);
            }
          }),
        error => settle(() => refuse(error)),
      );
  }

  readonly #expire = (): void => {
    this.#machine.timeout();
    this.pump();
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.clear();
    this.#host.onEnd();
    this.#wire.close().then(this.#settleClosed);
  }
}
