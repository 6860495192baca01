import type { SmtpError } from '@posthaste/smtp-core';
import { isConnectError, isSmtpError } from './known-error.ts';
import type { Provider } from './provider.ts';

/** What to do about an error, where that is known; a provider's own habits come first. */
export function adviceFor(error: unknown, provider?: Provider): string | undefined {
  if (isConnectError(error)) return error.advice;
  if (!isSmtpError(error)) return undefined;
  if (error.kind === 'auth') return ofAuth(error, provider);
  if (error.phase === 'hello' && (error.code ?? 0) >= 500) {
    return 'set clientName to the full name of this machine: the server refused the one in EHLO';
  }
  if (error.code === 530) return 'pass auth: { user, pass }: the server wants a login first';
  if (error.phase === 'mail' && provider?.fromMustMatchUser && (error.code ?? 0) >= 500) {
    return 'send from the address of the account: this provider allows no other';
  }
  if (error.kind === 'tls' && error.reason === undefined) {
    return "check the port and tls: 465 goes with 'implicit', 587 with 'starttls'; 'none' only on a machine of your own";
  }
  return undefined;
}

function ofAuth(error: SmtpError, provider: Provider | undefined): string | undefined {
  if (error.reason === 'cleartext-refused') {
    return "use tls: 'implicit' or 'starttls'; allowInsecureAuth only on a machine of your own";
  }
  if (error.reason === 'auth-unavailable') {
    return 'leave auth out, or choose another mechanism: the server offers none of them';
  }
  if (error.temporary) return undefined;
  const token = /^AUTH (?:XOAUTH2|OAUTHBEARER)$/.test(error.command ?? '');
  const check = token
    ? 'check user name and access token: it may have expired, or lack the scope for SMTP'
    : 'check user name and password';
  if (provider === undefined) return check;
  return `${(token ? undefined : provider.advice) ?? check}; ${provider.setup} (${provider.source})`;
}
