import { decodePlain, type PlainCredentials } from './plain.ts';

/** What to do after one step: send another challenge, check what the client claims, or refuse. */
export type CleartextStep =
  | { readonly challenge: Uint8Array }
  | { readonly credentials: Required<PlainCredentials> }
  | undefined;

/** One step of a client, as an `auth` question asks it. */
export interface CleartextQuestion {
  readonly mechanism: string;
  readonly response: Uint8Array | null;
  readonly initial: boolean;
}

/**
 * The server side of PLAIN and LOGIN, the mechanisms that hand over the password (RFC 4616,
 * draft-murchison-sasl-login-00); checking it is the host's business.
 *
 * @example Answer an `auth` question
 * ```ts
 * const step = exchange.step(question);
 * if (step === undefined) server.reject(535, 'Malformed credentials', '5.7.8');
 * else if ('challenge' in step) server.challenge(step.challenge);
 * else if (await check(step.credentials)) server.accept();
 * else server.reject(535, 'Wrong user or password', '5.7.8');
 * ```
 */
export class CleartextExchange {
  #user: string | undefined;

  /**
   * Takes one step of the exchange.
   *
   * @returns What to do; undefined for another mechanism and for a malformed response.
   */
  step({ mechanism, response, initial }: CleartextQuestion): CleartextStep {
    if (initial) this.#user = undefined;
    if (mechanism === 'PLAIN') {
      if (response === null) return { challenge: new Uint8Array(0) };
      const credentials = decodePlain(response);
      return credentials && { credentials };
    }
    if (mechanism !== 'LOGIN') return undefined;
    if (response === null) return prompt('Username:');
    const text = new TextDecoder().decode(response);
    if (this.#user !== undefined) return { credentials: { authzid: '', user: this.#user, pass: text } };
    this.#user = text;
    return prompt('Password:');
  }
}

function prompt(text: string): CleartextStep {
  return { challenge: new TextEncoder().encode(text) };
}
