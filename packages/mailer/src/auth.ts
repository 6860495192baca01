import type { SaslMechanism, SmtpError } from '@posthaste/smtp-core';
import { askCallback } from './callback.ts';
import { MailerError } from './error.ts';
import { checkOptionNames } from './option-check.ts';
import type { Secrets } from './secrets.ts';

/** Mechanisms that prove a password. */
export type PasswordMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-1' | 'PLAIN' | 'LOGIN' | 'CRAM-MD5';

/** User name and password. */
export interface PasswordAuth {
  readonly user: string;
  readonly pass: string;
  /**
   * Mechanisms to try, in this order, those that the server offers; default SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN.
   * CRAM-MD5 is weak and only used when it is named here.
   */
  readonly mechanisms?: readonly PasswordMechanism[] | undefined;
}

/** User name and an OAuth 2.0 access token. */
export interface TokenAuth {
  readonly user: string;
  /** The token, or a function that gives one; it is called again, once, when the server rejects the token. */
  readonly accessToken: string | ((signal: AbortSignal) => Promise<string>);
}

/** SASL mechanisms of your own choosing; a new set for each session, since they keep state. */
export interface MechanismAuth {
  readonly mechanisms: () => readonly SaslMechanism[];
}

/** Who you are to the server. */
export type Auth = PasswordAuth | TokenAuth | MechanismAuth;

const byStrength: readonly PasswordMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN'];

const mechanismNames: readonly PasswordMechanism[] = [...byStrength, 'CRAM-MD5'];

/**
 * Refuses credentials that cannot be meant; never repeats them.
 *
 * @throws MailerError `invalid-option` or `unknown-option`
 */
export function checkAuth(auth: Auth): void {
  if (typeof auth !== 'object' || auth === null || Array.isArray(auth)) {
    throw new MailerError('invalid-option', 'Set auth to an object: { user, pass } or { user, accessToken }');
  }
  checkOptionNames<PasswordAuth & TokenAuth>('auth', auth, {
    user: true,
    pass: true,
    accessToken: true,
    mechanisms: true,
  });
  if ('mechanisms' in auth && typeof auth.mechanisms === 'function') return;
  const { user, pass, accessToken } = auth as { user?: unknown; pass?: unknown; accessToken?: unknown };
  if (typeof user !== 'string' || user === '') {
    throw new MailerError('invalid-option', 'Set auth.user to the user name: a string that is not empty');
  }
  if (accessToken !== undefined && pass !== undefined) {
    throw new MailerError('invalid-option', 'Set auth.pass or auth.accessToken, not both');
  }
  const secret = accessToken ?? pass;
  if (typeof accessToken !== 'function' && (typeof secret !== 'string' || secret === '')) {
    throw new MailerError('invalid-option', 'Set auth.pass to the password, or auth.accessToken to a token');
  }
  if (!('pass' in auth)) return;
  const wanted: unknown = auth.mechanisms ?? [];
  if (!Array.isArray(wanted) || !wanted.every(name => mechanismNames.includes(name))) {
    const list = mechanismNames.map(name => `'${name}'`).join(', ');
    throw new MailerError('invalid-option', `Set auth.mechanisms to an array with some of ${list}`);
  }
  if (/[\0-\x1f\x7f]/.test(user + auth.pass)) {
    throw new MailerError('invalid-option', 'Set auth.user and auth.pass to text without control characters');
  }
}

/** Makes the mechanisms of each session, and knows whether a rejected token can be replaced. */
export class Credentials {
  readonly #auth: Auth;

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  /**
   * A fresh set of mechanisms, in the order they are to be tried.
   *
   * @param secrets learn the password or the token; what mechanisms of your own prove is not known here
   */
  async mechanisms(signal: AbortSignal, secrets: Secrets): Promise<readonly SaslMechanism[]> {
    const auth = this.#auth;
    const sasl = await import('./mechanism.ts');
    if ('accessToken' in auth) {
      const { user, accessToken } = auth;
      const token =
        typeof accessToken === 'string'
          ? accessToken
          : await askCallback('auth.accessToken', () => accessToken(signal), signal);
      secrets.add(token);
      return [sasl.oauthBearer({ user, accessToken: token }), sasl.xoauth2({ user, accessToken: token })];
    }
    if (!('pass' in auth)) return askCallback('auth.mechanisms', auth.mechanisms, signal);
    const makers: Readonly<Record<PasswordMechanism, (credentials: PasswordAuth) => SaslMechanism>> = {
      'SCRAM-SHA-256': sasl.scramSha256,
      'SCRAM-SHA-1': sasl.scramSha1,
      PLAIN: sasl.plain,
      LOGIN: sasl.login,
      'CRAM-MD5': sasl.cramMd5,
    };
    const { user, pass, mechanisms = byStrength } = auth;
    secrets.add(pass);
    return mechanisms.map(name => makers[name]({ user, pass }));
  }

  /** Whether the server rejected a token in place of which another can be had. */
  renewable(error: SmtpError): boolean {
    return 'accessToken' in this.#auth && typeof this.#auth.accessToken === 'function' && error.code === 535;
  }
}
