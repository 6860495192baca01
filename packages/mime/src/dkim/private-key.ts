import { decodeBase64 } from '../base64-decoder.ts';
import { refuse } from '../error.ts';

/** "Signers MUST use RSA keys of at least 1024 bits for all keys" (RFC 8301 §3.2). */
const minRsaBits = 1024;

/** Label and base64 of each block (RFC 7468 §3). */
const pemBlocks = /-{5}BEGIN ([A-Z\d ]+)-{5}([A-Za-z\d+/=\s]+)-{5}END \1-{5}/g;

/** A `CryptoKey` of Web Crypto, by its shape: its name is no type without the declarations of a page. */
export interface PrivateKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** A key that signs, and the algorithm that names it, `a=` (RFC 6376 §3.3, RFC 8463 §3). */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly algorithm: 'ed25519-sha256' | 'rsa-sha256';
}

/**
 * Takes a key, or reads it from PEM; its text is never shown.
 *
 * @throws MimeError `signing-failed` for anything but a private RSA or Ed25519 key that may sign
 */
export async function signingKey(given: unknown): Promise<SigningKey> {
  const key = typeof given === 'string' ? await importKey(given) : given;
  if (!isCryptoKey(key))
    return refuseKey('Give PKCS #8 as PEM text, or a CryptoKey; a file of PEM is read as utf8');
  if (key.type !== 'private' || !key.usages.includes('sign'))
    return refuseKey('Give a private key whose usages have sign');
  return { key, algorithm: algorithmOf(key) };
}

/** By its shape: not every runtime has the class, and a page's frames have one each. */
function isCryptoKey(value: unknown): value is CryptoKey {
  const { algorithm, usages } = Object(value) as Partial<CryptoKey>;
  return typeof algorithm?.name === 'string' && Array.isArray(usages);
}

function algorithmOf(key: CryptoKey): SigningKey['algorithm'] {
  const { name, hash, modulusLength } = key.algorithm as RsaHashedKeyAlgorithm;
  if (name === 'Ed25519') return 'ed25519-sha256';
  if (name !== 'RSASSA-PKCS1-v1_5' || hash.name !== 'SHA-256')
    return refuseKey('Give an Ed25519 key, or RSASSA-PKCS1-v1_5 with SHA-256', name);
  if (modulusLength < minRsaBits)
    return refuseKey('Give an RSA key of 1024 bits at the least, better 2048 (RFC 8301 §3.2)', modulusLength);
  return 'rsa-sha256';
}

async function importKey(pem: string): Promise<CryptoKey> {
  if (pem.includes('\\n')) return refuseKey('Replace each backslash and n in the PEM by a line end');
  const block = [...pem.matchAll(pemBlocks)].find(([, label]) => label === 'PRIVATE KEY');
  if (!block) return refuseKey('Give PKCS #8 as PEM; openssl pkcs8 -topk8 -nocrypt makes it');
  const octets = new Uint8Array(decodeBase64(block[2] as string));
  // The object identifier of Ed25519 (RFC 8410 §3), where the structure of such a key has it.
  const isEd25519 = octets.length < 100 && String.fromCharCode(...octets).includes('\x06\x03\x2b\x65\x70');
  const algorithm = isEd25519 ? 'Ed25519' : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  try {
    return await crypto.subtle.importKey('pkcs8', octets, algorithm, false, ['sign']);
  } catch (cause) {
    return refuseKey('Give an RSA or Ed25519 key that this runtime can read', undefined, cause);
  }
}

function refuseKey(advice: string, shown?: string | number, cause?: unknown): never {
  return refuse('signing-failed', 'privateKey', advice, shown, undefined, cause);
}
