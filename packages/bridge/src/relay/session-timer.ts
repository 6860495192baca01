import type { Clock } from './clock.ts';
import type { RelayLimits } from './limit.ts';

/** Watches one session with a single timer: its life, its silence, and whether the peer is still there. */
export class SessionTimer {
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #on: { readonly expired: () => void; readonly ping: () => void };
  readonly #started: number;
  #heard: number;
  #moved: number;
  #pinged: number;
  #patient = false;
  #cancel: () => void = () => {};

  constructor(
    clock: Clock,
    limits: RelayLimits,
    on: { readonly expired: () => void; readonly ping: () => void },
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#on = on;
    this.#started = this.#heard = this.#moved = this.#pinged = clock.now();
    this.#arm();
  }

  /** The peer said something, a pong perhaps. */
  heard(): void {
    this.#heard = this.#clock.now();
  }

  /** Octets of the session moved, in either direction. */
  moved(): void {
    this.#moved = this.#clock.now();
  }

  /** The mail server owes a reply that may take long, or has given it. */
  patient(patient: boolean): void {
    if (patient === this.#patient) return;
    this.#patient = patient;
    this.#moved = this.#clock.now();
    this.#arm();
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  #arm(): void {
    this.#cancel();
    const next = Math.min(this.#expiry(), this.#pinged + this.#limits.pingMs);
    this.#cancel = this.#clock.timer(Math.max(next - this.#clock.now(), 0), () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    if (now >= this.#expiry()) {
      this.#on.expired();
      return;
    }
    if (now >= this.#pinged + this.#limits.pingMs) {
      this.#pinged = now;
      this.#on.ping();
    }
    this.#arm();
  }

  #expiry(): number {
    const { idleMs, finalMs, totalMs, pingMs } = this.#limits;
    const silence = this.#patient ? Math.max(finalMs, idleMs) : idleMs;
    return Math.min(this.#started + totalMs, this.#moved + silence, this.#heard + 2 * pingMs + pingMs / 2);
  }
}
