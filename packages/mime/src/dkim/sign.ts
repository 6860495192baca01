import { encodeBase64 } from '../base64.ts';
import { ComposedMessage } from '../composed-message.ts';
import { domainToASCII } from '../domain.ts';
import { refuse } from '../error.ts';
import { RelaxedBodyHash, relaxField } from './canonical.ts';
import { type PrivateKey, signingKey } from './private-key.ts';
import { Sha256 } from './sha256.ts';

/** Who vouches for a message, and with which key. */
export interface DkimOptions {
  /** The signing domain, `d=`. */
  readonly domain: string;
  /** Where the public key stands: `selector._domainkey.domain`, `s=`. */
  readonly selector: string;
  /** A Web Crypto key for signing, or PKCS #8 as PEM; RSA of at least 1024 bits, or Ed25519. */
  readonly privateKey: PrivateKey | string;
  /** Names of the fields to sign; by default those that tell who writes what to whom. */
  readonly fields?: readonly string[] | undefined;
  /** Time of the signature, `t=`. */
  readonly now?: Date | undefined;
  /** Seconds until the signature expires, `x=`; it does not by default. */
  readonly validSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** RFC 6376 §5.4.1, and the fields whose addition would change what a message is. */
const signedFields =
  'From Sender Reply-To To Cc Subject Date Message-ID In-Reply-To References MIME-Version Content-Type Content-Transfer-Encoding List-Id List-Unsubscribe List-Unsubscribe-Post Resent-From Resent-To Resent-Date'.split(
    ' ',
  );
/** Longest header that is looked at: a thousand recipients fit many times. */
const headerOctets = 1024 * 1024;
const columns = 72;
/** RFC 6376 §3.1: sub-domains separated by periods. */
const selectorLabels = /^(?:[a-z0-9](?:[\w-]{0,61}[a-z0-9])?(?:\.(?!$)|$))+$/i;
/** A field name of RFC 5322 §3.6.8 that needs no quoting in `h=`. */
const fieldName = /^[\w!#$%&'*+.^`|~-]{1,76}$/;
/** RFC 6376 §3.5: at most twelve digits. */
const maxTime = 999_999_999_999;

/**
 * Signs a message with DKIM: relaxed/relaxed, over exactly the octets that are sent (RFC 6376, RFC 8463).
 *
 * The message is read once to hash it and again when it is sent; one that can be read only once is kept in memory.
 * Every signed field is listed once more than it occurs, so that nobody can add another.
 *
 * @throws MimeError `signing-failed` where the key is neither of the two kinds or too short, `invalid-domain` or
 *   `invalid-option` for every other option that cannot stand in a signature
 * @example
 * ```ts
 * import { compose } from '@posthaste/mime';
 * import { signDkim } from '@posthaste/mime/dkim';
 *
 * const { privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
 * const message = compose({ from: 'ann@example.org', to: 'bob@example.net', subject: 'Hi', text: 'Hello' });
 * const signed = await signDkim(message, { domain: 'example.org', selector: 'mail', privateKey });
 * ```
 */
export async function signDkim(message: ComposedMessage, options: DkimOptions): Promise<ComposedMessage> {
  const { signal, selector, now = new Date(), validSeconds, fields = signedFields } = options;
  if (typeof options.domain !== 'string')
    refuse('invalid-option', 'domain', 'Give the domain that signs', options.domain);
  const domain = domainToASCII(options.domain, undefined, 'domain');
  const isSelector = typeof selector === 'string' && selectorLabels.test(selector);
  if (!isSelector || `${selector}._domainkey.${domain}`.length > 253)
    refuse('invalid-option', 'selector', 'Give labels of DNS', selector);
  const time =
    Object.prototype.toString.call(now) === '[object Date]' ? Math.floor(now.getTime() / 1000) : Number.NaN;
  if (!(time >= 0 && time <= maxTime)) refuse('invalid-option', 'now', 'Give a valid Date from 1970', now);
  const isSpan = Number.isInteger(validSeconds) && validSeconds! > 0 && time + validSeconds! <= maxTime;
  if (validSeconds !== undefined && !isSpan)
    refuse('invalid-option', 'validSeconds', 'Give whole seconds above 0', validSeconds);
  const wanted = wantedNames(fields);
  const { key, algorithm } = await signingKey(options.privateKey);

  const pieces = message.replayable ? message.pieces : [await message.bytes({ signal })];
  const readable = new ComposedMessage(message.envelope, message.messageId, pieces, message.height);
  const { header, bodyHash } = await digestMessage(readable, signal);

  const present = header.split(/\r\n(?![ \t])/);
  const { names, chosen } = choose(present, wanted);
  const tags = [
    'v=1',
    `a=${algorithm}`,
    'c=relaxed/relaxed',
    `d=${domain}`,
    `s=${selector}`,
    `t=${time}`,
    ...(validSeconds === undefined ? [] : [`x=${time + validSeconds}`]),
    `h=${names.join(':')}`,
    `bh=${base64(bodyHash)}`,
    'b=',
  ];
  const unsigned = foldTags(tags);
  const data = latin1([...chosen, unsigned].map(relaxField).join('\r\n'));
  const signature = base64(new Uint8Array(await sign(key, data)));
  // Folding white space inside b= is ignored (RFC 6376 §3.5).
  const folded = signature.replace(new RegExp(`.{1,${columns}}`, 'g'), '\r\n $&');
  return new ComposedMessage(
    message.envelope,
    message.messageId,
    [`${unsigned}${folded}\r\n`, ...pieces],
    message.height,
  );
}

async function sign(key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  if (key.algorithm.name !== 'Ed25519') return crypto.subtle.sign(key.algorithm.name, key, data);
  // RFC 8463 §3: the signature is over the hash.
  const hash = new Sha256();
  hash.update(data);
  return crypto.subtle.sign('Ed25519', key, hash.digest());
}

/** Reads a message once: its header as Latin-1 text without the last line end, and the hash of its body. */
async function digestMessage(
  message: ComposedMessage,
  signal: AbortSignal | undefined,
): Promise<{ header: string; bodyHash: Uint8Array }> {
  const hash = new RelaxedBodyHash();
  let header = '';
  let end = -1;
  for await (const chunk of message.chunks({ signal })) {
    if (end >= 0) hash.update(chunk);
    else {
      const from = Math.max(0, header.length - 3);
      const before = header.length;
      header += latin1Text(chunk);
      end = header.indexOf('\r\n\r\n', from);
      if (end >= 0) hash.update(chunk.subarray(end + 4 - before));
      else if (header.length > headerOctets)
        refuse('signing-failed', 'header', 'Sign a message whose header ends');
    }
  }
  return { header: end < 0 ? header.replace(/\r\n$/, '') : header.slice(0, end), bodyHash: hash.digest() };
}

/** Names of the fields to sign, in lower case and each once. */
function wantedNames(fields: readonly string[]): Set<string> {
  const names = new Set<string>();
  if (!Array.isArray(fields)) refuse('invalid-option', 'fields', 'Give an array', fields);
  for (const name of fields) {
    if (typeof name !== 'string' || !fieldName.test(name))
      refuse('invalid-option', 'fields', 'Give names of header fields', name);
    names.add(name.toLowerCase());
  }
  if (!names.has('from')) refuse('invalid-option', 'fields', 'Sign From, as RFC 6376 §5.4 requires');
  return names;
}

/** Fields to sign, the last occurrence first, and their names, each once more than it occurs (RFC 6376 §5.4.2, §8.15). */
function choose(
  present: readonly string[],
  wanted: ReadonlySet<string>,
): { names: string[]; chosen: string[] } {
  const names: string[] = [];
  const chosen: string[] = [];
  for (const name of wanted) {
    const found = present
      .filter(field => field.slice(0, field.indexOf(':')).toLowerCase() === name)
      .toReversed();
    chosen.push(...found);
    for (let i = 0; i <= found.length; i++) names.push(name);
  }
  return { names, chosen };
}

/** The field up to its empty b=, folded between tags and between names. */
function foldTags(tags: readonly string[]): string {
  let text = 'DKIM-Signature:';
  let column = text.length;
  for (const word of tags.join('; ').split(/ |(?<=:)(?=[a-z])/)) {
    const fits = column + word.length + 1 <= columns;
    text += `${fits ? ' ' : '\r\n '}${word}`;
    column = (fits ? column : 0) + word.length + 1;
  }
  return text;
}

function base64(octets: Uint8Array): string {
  return latin1Text(encodeBase64(octets));
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

function latin1Text(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 4096)
    text += String.fromCharCode(...octets.subarray(at, at + 4096));
  return text;
}
