import { MailerError } from './error.ts';

/**
 * Refuses what is no key to sign with; whether a key works shows when it signs. Nothing of it is repeated.
 *
 * @throws MailerError `invalid-option`
 */
export function checkDkimKey(key: unknown): void {
  const advice = typeof key === 'string' ? correctionOfText(key) : correctionOf(Object(key));
  if (advice !== undefined) throw new MailerError('invalid-option', advice);
}

function correctionOfText(pem: string): string | undefined {
  if (pem.includes('\\n'))
    return "Write privateKey.replaceAll('\\\\n', '\\n') as the privateKey of dkim: its line ends are a backslash and n, as in an environment variable";
  const labels = Array.from(pem.matchAll(/-{5}BEGIN ([A-Z\d ]+)-{5}/g), ([, label]) => label);
  if (labels.includes('PRIVATE KEY')) return undefined;
  return 'Give dkim a privateKey that is PKCS #8 as PEM, as openssl pkcs8 -topk8 -nocrypt makes it: this text has no block labelled PRIVATE KEY';
}

function correctionOf(key: object): string | undefined {
  if (ArrayBuffer.isView(key) || key instanceof ArrayBuffer)
    return "Read the privateKey of dkim as text, as readFile(path, 'utf8') does: octets are not taken";
  if ('export' in key)
    return "Pass key.export({ type: 'pkcs8', format: 'pem' }) as the privateKey of dkim: a KeyObject is not taken";
  const { algorithm, type, usages } = key as Partial<CryptoKey>;
  if (typeof algorithm?.name !== 'string' || !Array.isArray(usages))
    return 'Give dkim a privateKey: PKCS #8 as PEM text, or a CryptoKey';
  if (type === 'private' && usages.includes('sign')) return undefined;
  return 'Give dkim a privateKey that is private and whose usages have sign: this CryptoKey cannot sign';
}
