import type { ComposedMessage } from '@posthaste/mime';
import type { DkimOptions } from '@posthaste/mime/dkim';
import { checkDkimKey } from './dkim-key.ts';
import { MailerError } from './error.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';

/** Who vouches for messages, and with which key (RFC 6376). */
export type DkimSigner = Omit<DkimOptions, 'now' | 'signal'>;

/** One signature, or several: RFC 8463 §3 advises RSA beside Ed25519. */
export type DkimSigners = DkimSigner | readonly DkimSigner[];

const names: KnownNames<DkimSigner> = {
  domain: true,
  selector: true,
  privateKey: true,
  fields: true,
  validSeconds: true,
};

/**
 * Refuses signers that cannot be meant, and never repeats a key.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkDkim(signers: unknown): void {
  const list: readonly unknown[] = Array.isArray(signers) ? signers : [signers];
  for (const signer of list) {
    checkOptionNames<DkimSigner>('dkim', signer, names);
    checkName('domain', signer.domain, 'the one that signs, such as example.org');
    checkName('selector', signer.selector, 'the public key stands at selector._domainkey.domain');
    checkDkimKey(signer.privateKey);
  }
}

function checkName(name: string, value: unknown, meaning: string): void {
  if (typeof value === 'string' && value !== '') return;
  throw new MailerError('invalid-option', `Give dkim a ${name}, not ${quoted(value)}: ${meaning}`);
}

/**
 * Signs a message, once for each signer.
 *
 * @throws MimeError `signing-failed` for a key that does not work, `invalid-option` or `invalid-domain` for a name
 */
export async function signed(
  message: ComposedMessage,
  signers: DkimSigners,
  signal: AbortSignal | undefined,
): Promise<ComposedMessage> {
  // Loaded with the first signature: who does not sign has none of it.
  const { signDkim } = await import('@posthaste/mime/dkim');
  let result = message;
  for (const signer of [signers].flat()) result = await signDkim(result, { ...signer, signal });
  return result;
}
