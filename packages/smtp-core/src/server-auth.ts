import { decodeBase64, encodeBase64 } from './base64.ts';
import { MAX_AUTH_COMMAND_OCTETS } from './command.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';
import type { ServerSession } from './server-session.ts';

/** The AUTH command of a server: one exchange of challenges and responses at a time (RFC 4954 §4). */
export class ServerAuth {
  readonly #session: ServerSession;
  #mechanism: string | undefined;

  constructor(session: ServerSession) {
    this.#session = session;
  }

  /** A response line is awaited instead of a command. */
  get active(): boolean {
    return this.#mechanism !== undefined;
  }

  /** Serves AUTH with its argument, or says why not. */
  begin(argument: string): Refusal | undefined {
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const match = /^([A-Za-z0-9_-]{1,20})(?: ([^ ]+))?$/.exec(argument);
    if (match === null) return REFUSALS.argumentSyntax;
    const mechanism = match[1]!.toUpperCase();
    if (!this.#session.settings.auth.includes(mechanism)) return REFUSALS.unknownMechanism;
    // RFC 4954 §4: "=" is an initial response of zero octets.
    const response = match[2] === undefined ? null : decodeBase64(match[2] === '=' ? '' : match[2]);
    if (response === undefined) return REFUSALS.base64Syntax;
    this.#ask(mechanism, response, true);
    return undefined;
  }

  /** Reads the line that answers a 334; false when more octets are needed. */
  step(): boolean {
    const line = this.#session.input.line(() => MAX_AUTH_COMMAND_OCTETS);
    if (line === undefined) return false;
    const mechanism = this.#mechanism!;
    this.#mechanism = undefined;
    this.#session.waitId++;
    this.#session.outbox.event({ type: 'command', redacted: '***' });
    const refusal =
      line === 'too-long'
        ? REFUSALS.authLineTooLong
        : this.#answer(mechanism, new TextDecoder().decode(line));
    if (refusal !== undefined) this.#session.refuse(refusal);
    return true;
  }

  #answer(mechanism: string, line: string): Refusal | undefined {
    if (line === '*') return REFUSALS.authCancelled;
    const response = decodeBase64(line);
    if (response === undefined) return REFUSALS.base64Syntax;
    this.#ask(mechanism, response, false);
    return undefined;
  }

  #refusal(): Refusal | undefined {
    const { settings, secure, authenticated, offer } = this.#session;
    if (settings.auth.length === 0) return REFUSALS.authNotOffered;
    const sequence = this.#session.outOfSequence('AUTH');
    if (sequence !== undefined) return sequence;
    if (authenticated) return REFUSALS.alreadyAuthenticated;
    if (!secure && !settings.allowInsecureAuth) return REFUSALS.encryptionFirst;
    return offer.has('AUTH') ? undefined : REFUSALS.extendedHelloFirst;
  }

  #ask(mechanism: string, response: Uint8Array | null, initial: boolean): void {
    const session = this.#session;
    session.ask({
      question: { type: 'auth', mechanism, response, initial },
      accept: text => {
        session.authenticated = true;
        session.forgive();
        session.outbox.event({ type: 'authenticated', mechanism });
        session.move('AUTH');
        session.reply(235, text ?? 'Authentication successful', '2.7.0');
      },
      reject: (code, text, enhanced) => session.refuse({ code, text, enhanced }),
      challenge: octets => {
        this.#mechanism = mechanism;
        session.outbox.reply({ code: 334, lines: [encodeBase64(octets)] }, '334 ***');
      },
    });
  }
}
