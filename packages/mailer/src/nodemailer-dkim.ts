import { checkDkim, type DkimSigner } from './dkim-signer.ts';
import { checkChoice, checkOptionNames, fieldsOf, type KnownNames } from './option-check.ts';

/** One signature as nodemailer takes it. */
export interface NodemailerDkimKey {
  readonly domainName?: string | undefined;
  readonly keySelector?: string | undefined;
  /** PKCS #8 as PEM, or a `CryptoKey`; a Buffer or a key with a passphrase compiles, and is refused. */
  readonly privateKey?: string | object | undefined;
}

/** What nodemailer takes as `dkim`, but for its cache on disk and `skipFields`. */
export interface NodemailerDkim extends NodemailerDkimKey {
  /** Several signatures, in place of the one. */
  readonly keys?: NodemailerDkimKey | readonly NodemailerDkimKey[] | undefined;
  /** `sha256`, and nothing else. */
  readonly hashAlgo?: string | undefined;
  /** Names of the fields to sign, separated by colons. */
  readonly headerFieldNames?: string | undefined;
}

const optionNames: KnownNames<NodemailerDkim> = {
  domainName: true,
  keySelector: true,
  privateKey: true,
  keys: true,
  hashAlgo: true,
  headerFieldNames: true,
};
const keyNames: KnownNames<NodemailerDkimKey> = { domainName: true, keySelector: true, privateKey: true };

/**
 * Translates nodemailer's `dkim`, of a transport or of a message.
 *
 * @throws MailerError `unknown-option` or `invalid-option`; the key is never repeated
 *
 * @example
 * ```ts
 * const dkim = nodemailerDkim({ domainName: 'example.org', keySelector: 'mail', privateKey: pem });
 * const mailer = createMailer('smtps://ann:secret@smtp.example.org', { dkim });
 * ```
 */
export function nodemailerDkim(options: NodemailerDkim): readonly DkimSigner[] {
  checkOptionNames<NodemailerDkim>('dkim', options, optionNames);
  const { keys, hashAlgo, headerFieldNames, ...single } = fieldsOf(options, optionNames);
  checkChoice('dkim.hashAlgo', hashAlgo, ['sha256']);
  const fields = headerFieldNames?.split(':').map(name => name.trim());
  const signers = [keys ?? single].flat().map(key => {
    checkOptionNames<NodemailerDkimKey>('dkim.keys', key, keyNames);
    const { domainName: domain, keySelector: selector, privateKey } = key;
    return { domain, selector, privateKey, ...(fields && { fields }) };
  });
  checkDkim(signers);
  return signers as readonly DkimSigner[];
}
