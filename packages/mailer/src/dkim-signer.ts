import type { ComposedMessage } from '@posthaste/mime';
import type { DkimOptions } from '@posthaste/mime/dkim';
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
  if (list.length === 0) throw new MailerError('invalid-option', 'Give dkim at least one signer');
  for (const signer of list) {
    checkOptionNames<DkimSigner>('dkim', signer, names);
    for (const name of ['domain', 'selector'] as const) {
      if (typeof signer[name] === 'string' && signer[name] !== '') continue;
      throw new MailerError('invalid-option', `Set dkim.${name} to a name, not ${quoted(signer[name])}`);
    }
    const { privateKey } = signer;
    const isPem = typeof privateKey === 'string' && privateKey.includes('-----BEGIN PRIVATE KEY-----');
    const isKey = typeof privateKey === 'object' && privateKey !== null && 'algorithm' in privateKey;
    if (!isPem && !isKey) {
      throw new MailerError(
        'invalid-option',
        'Set dkim.privateKey to a CryptoKey or to PKCS #8 as PEM; openssl pkcs8 -topk8 -nocrypt makes it',
      );
    }
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
