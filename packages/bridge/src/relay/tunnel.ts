import { abortable } from '../abortable.ts';
import { type Duplex, duplexOf } from '../duplex.ts';
import { ConnectError } from '../error.ts';
import type { Socket } from '../socket.ts';
import type { BrowserLeg } from './browser-leg.ts';
import { upstreamFault } from './dial.ts';
import { RelayError } from './fault.ts';
import { Lockstep } from './lockstep.ts';

/**
 * Passes octets between the browser and a mail server, in both directions at once, until one side is done. What is not
 * encrypted end to end is visible here.
 */
export class Tunnel {
  readonly #leg: BrowserLeg;
  readonly #tlsMs: number;
  #upstream: Socket;
  #duplex: Duplex;
  /** Set while the browser may still ask for TLS, which it may once. */
  #lockstep: Lockstep | undefined;
  /** Octets were read from the server and are not with the browser yet. */
  #forwarding = false;

  /** @param tlsMs How long the TLS handshake may take, once the browser asks for it. */
  constructor(leg: BrowserLeg, upstream: Socket, tlsMs: number) {
    this.#leg = leg;
    this.#upstream = upstream;
    this.#tlsMs = tlsMs;
    this.#duplex = duplexOf(upstream);
    if (upstream.secureTransport === 'starttls') this.#lockstep = new Lockstep();
  }

  /** Settles when the session is over; never rejects. */
  async run(): Promise<void> {
    this.#leg.over.then(reason => this.#abort(reason));
    this.#up().catch((error: unknown) => this.#leg.fail(upstreamFault(error, this.#leg.phase)));
    try {
      await this.#down();
      this.#leg.end();
    } catch (error) {
      this.#leg.fail(upstreamFault(error, this.#leg.phase));
    }
  }

  async #up(): Promise<void> {
    for (;;) {
      const item = await this.#leg.take();
      if (item === null) {
        await this.#duplex.end();
        return;
      }
      if (item instanceof Uint8Array) {
        await this.#duplex.write(item);
        this.#lockstep?.sent(item);
        // The server owes an answer now, and may take its time.
        this.#leg.patient(true);
      } else {
        await this.#startTls();
      }
    }
  }

  async #down(): Promise<void> {
    for (;;) {
      await this.#lockstep?.turn();
      const { value, done } = await this.#duplex.read();
      if (done) return;
      this.#forwarding = true;
      this.#lockstep?.received(value);
      await this.#leg.write(value, error => {
        if (!error) this.#duplex.recycle(value);
      });
      this.#forwarding = false;
      this.#leg.patient(false);
    }
  }

  async #startTls(): Promise<void> {
    const lockstep = this.#lockstep;
    // Before the server's word nothing can be upgraded: an answer is still being waited for.
    if (lockstep === undefined || lockstep.owed > 0) throw new RelayError('E_PROTOCOL', 'session');
    // Plaintext behind the reply to STARTTLS would be taken for something said under TLS (RFC 3207 §6).
    if (lockstep.owed < 0 || this.#forwarding) throw new RelayError('E_TLS_INJECTION', 'tls');
    this.#leg.phase = 'tls';
    this.#duplex.release();
    this.#upstream = this.#upstream.startTls();
    this.#duplex = duplexOf(this.#upstream);
    const cancel = this.#leg.deadline(this.#tlsMs);
    const { tls } = await abortable(this.#upstream.opened, this.#leg.signal)
      .finally(cancel)
      .catch((cause: unknown) => {
        // A connector explains a handshake that failed; it says nothing of that sort where octets came before it.
        throw new RelayError(cause instanceof ConnectError ? 'E_UPSTREAM_TLS' : 'E_TLS_INJECTION', 'tls', {
          cause,
        });
      });
    this.#leg.phase = 'session';
    this.#leg.control({
      t: 'secure',
      proto: tls?.protocol ?? '',
      cipher: tls?.cipher ?? '',
      fingerprint256: tls?.fingerprint256 ?? '',
    });
    this.#lockstep = undefined;
    lockstep.release();
  }

  #abort(reason: unknown): void {
    this.#lockstep?.release();
    // Aborting drops what the server has not taken, and closing ends the read that waits for it.
    this.#duplex.abort(reason);
    this.#upstream.close().catch(() => {});
  }
}
