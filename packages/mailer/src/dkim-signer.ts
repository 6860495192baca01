import type { ComposedMessage } from '@posthaste/mime';
import type { DkimOptions } from '@posthaste/mime/dkim';
import { MailerError } from './error.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';

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
    const { domain, selector, privateKey } = signer;
    // A string that is no PEM is refused here; whether a key works shows when it signs.
    const isKey =
      typeof privateKey === 'string'
        ? privateKey.includes('-----BEGIN PRIVATE KEY-----')
        : typeof privateKey === 'object' && privateKey !== null;
    if (isKey && typeof domain === 'string' && typeof selector === 'string') continue;
    throw new MailerError(
      'invalid-option',
      'Give dkim a domain, a selector and a privateKey: a CryptoKey, or PKCS #8 as PEM, as openssl pkcs8 -topk8 -nocrypt makes it',
    );
  }
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
