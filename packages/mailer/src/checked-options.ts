import { checkAuth } from './auth.ts';
import { checkDkim } from './dkim-signer.ts';
import { MailerError } from './error.ts';
import {
  checkChoice,
  checkOptionNames,
  checkWholeNumber,
  type KnownNames,
  maxTimerMs,
} from './option-check.ts';
import type { MailerOptions, RelayOptions } from './options.ts';
import { quoted } from './quoted.ts';
import type { RetryOptions } from './retry.ts';
import { checkHostname, checkSession } from './session-check.ts';
import type { RateOptions } from './token-bucket.ts';

const names: KnownNames<MailerOptions> = {
  hostname: true,
  port: true,
  tls: true,
  tlsOptions: true,
  auth: true,
  allowInsecureAuth: true,
  clientName: true,
  protocol: true,
  localAddress: true,
  relay: true,
  connect: true,
  timeouts: true,
  transfer: true,
  connections: true,
  messagesPerConnection: true,
  idleMs: true,
  rate: true,
  retry: true,
  onTranscript: true,
  compose: true,
  dkim: true,
};
const relayNames: KnownNames<RelayOptions> = { url: true, token: true, target: true };
const rateNames: KnownNames<RateOptions> = { messages: true, perMs: true };
const retryNames: KnownNames<RetryOptions> = { attempts: true, delayMs: true, maxDelayMs: true, on: true };

/**
 * Refuses options that cannot be meant, before anything is opened.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkedOptions(options: unknown): MailerOptions {
  checkOptionNames<MailerOptions>('createMailer', options, names);
  checkTarget(options);
  checkWholeNumber('port', options.port, 1, 65_535);
  checkSession(options);
  checkWholeNumber('connections', options.connections, 1, 1000);
  checkWholeNumber('messagesPerConnection', options.messagesPerConnection, 1, Number.MAX_SAFE_INTEGER);
  checkWholeNumber('idleMs', options.idleMs, 0, maxTimerMs);
  if (options.auth !== undefined) checkAuth(options.auth);
  if (options.dkim !== undefined) checkDkim(options.dkim);
  if (options.rate !== undefined) {
    checkOptionNames<RateOptions>('rate', options.rate, rateNames);
    checkWholeNumber('rate.messages', options.rate.messages ?? Number.NaN, 1, Number.MAX_SAFE_INTEGER);
    checkWholeNumber('rate.perMs', options.rate.perMs ?? Number.NaN, 1, maxTimerMs);
  }
  if (options.retry !== undefined && options.retry !== false) {
    checkOptionNames<RetryOptions>('retry', options.retry, retryNames);
    checkWholeNumber('retry.attempts', options.retry.attempts, 1, 1000);
    checkWholeNumber('retry.delayMs', options.retry.delayMs, 0, maxTimerMs);
    checkWholeNumber('retry.maxDelayMs', options.retry.maxDelayMs, 0, maxTimerMs);
    checkChoice('retry.on', options.retry.on, ['session', 'temporary']);
  }
  return options;
}

/** Names and addresses of this machine, as a URL has them. */
const loopback = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

function checkTarget({ hostname, relay, port, tls, allowInsecureAuth }: MailerOptions): void {
  if (relay === undefined) {
    if (typeof hostname === 'string' && hostname !== '') {
      checkHostname('hostname', hostname, 'a whole URL is the first argument of createMailer');
      return;
    }
    throw new MailerError(
      'invalid-option',
      `Name the mail server with hostname, or a relay with relay: { url, token }, not ${quoted(hostname)}`,
    );
  }
  checkOptionNames<RelayOptions>('relay', relay, relayNames);
  if (hostname !== undefined || port !== undefined) {
    throw new MailerError(
      'invalid-option',
      'Leave hostname and port out beside relay: the relay knows the server by its target',
    );
  }
  if (tls === 'implicit') {
    throw new MailerError(
      'invalid-option',
      'Leave tls out beside relay: the relay knows how its target does TLS',
    );
  }
  checkRelayUrl(relay.url, allowInsecureAuth === true);
  if (typeof relay.token !== 'function' && (typeof relay.token !== 'string' || relay.token === '')) {
    throw new MailerError('invalid-option', 'Set relay.token to a token, or to a function that fetches one');
  }
}

/** Never repeats the address: a token may stand in it. */
function checkRelayUrl(address: unknown, insecure: boolean): void {
  const text = address instanceof URL ? address.href : address;
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^wss?:$/.test(url.protocol)) {
    throw new MailerError(
      'invalid-option',
      'Set relay.url to a wss: address, such as wss://example.org/relay',
    );
  }
  if (url.protocol === 'ws:' && !insecure && !loopback.test(url.hostname)) {
    throw new MailerError(
      'invalid-option',
      'Set relay.url to a wss: address: over ws: the token would cross the network unencrypted; allowInsecureAuth lets it',
    );
  }
}
