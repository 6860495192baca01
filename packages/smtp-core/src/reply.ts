import { type EnhancedStatus, parseEnhancedStatus } from './enhanced-status.ts';
import { MAX_REPLY_LINE_OCTETS, MAX_REPLY_OCTETS } from './limit.ts';

/** A complete reply (RFC 5321 §4.2); `lines` are the texts as sent, the enhanced status still in them. */
export interface Reply {
  readonly code: number;
  readonly enhanced?: EnhancedStatus;
  readonly lines: readonly string[];
}

/** Limits of a `ReplyParser`, in octets. */
export interface ReplyLimits {
  readonly maxReplyLine?: number;
  readonly maxReplyBytes?: number;
}

/** Why octets are not a reply. */
export type ReplyFault = 'malformed-reply' | 'reply-too-long';

/** More than US-ASCII, whose characters are the octets of their UTF-8. */
const FOREIGN = /[^\0-\x7f]/;
/** What a line begins with until its LF; one that cannot become a reply is refused before its end. */
const LINE = /^(?:\r*|[1-5]\d?|[1-5]\d\d(?:\r*|[ -][^\0]*))$/;

/**
 * Splits a server's octets into replies (RFC 5321 §4.2, §4.2.1). Bare LF and blank lines are tolerated, the code
 * of the last line of a multi-line reply counts, and memory is bounded by the limits.
 *
 * @example Read two replies from one segment
 * ```ts
 * const parser = new ReplyParser();
 * parser.push(new TextEncoder().encode('250-x.test\r\n250 SIZE\r\n354 go\r\n'));
 * parser.next(); // { code: 250, lines: ['x.test', 'SIZE'] }
 * parser.next(); // { code: 354, lines: ['go'] }
 * parser.next(); // undefined: more octets are needed
 * ```
 */
export class ReplyParser {
  readonly #maxLine: number;
  readonly #maxOctets: number;
  /** Octets from the start of a line, a character each: measured, lines of an array take three times as long. */
  #input = '';
  #lines: string[] = [];
  /** Octets of the lines that the reply has so far. */
  #octets = 0;
  #fault: ReplyFault | undefined;
  readonly #decoder: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @param limits Longest line without its line end, and longest reply. */
  constructor({ maxReplyLine = MAX_REPLY_LINE_OCTETS, maxReplyBytes = MAX_REPLY_OCTETS }: ReplyLimits = {}) {
    this.#maxLine = maxReplyLine;
    this.#maxOctets = maxReplyBytes;
  }

  /** True while octets are held that have not become a reply. */
  get pending(): boolean {
    return this.#octets + this.#input.length > 0;
  }

  /** Takes octets as they come. */
  push(bytes: Uint8Array): void {
    // A copy: a driver may read into the same memory again.
    let octets = this.#decoder.decode(bytes);
    if (FOREIGN.test(octets)) {
      octets = '';
      for (const octet of bytes) octets += String.fromCharCode(octet);
    }
    this.#input += octets;
  }

  /** Gives the next reply, undefined when more octets are needed, or the fault, at which the parser stays. */
  next(): Reply | ReplyFault | undefined {
    while (this.#fault === undefined && this.#input.length > 0) {
      const input = this.#input;
      const end = input.indexOf('\n');
      const length = end < 0 ? input.length : end;
      const limit = Math.min(this.#maxLine, this.#maxOctets - this.#octets);
      // Nothing beyond the limit counts: the fault that comes first is the fault, however the octets are cut.
      const line = input.slice(0, Math.min(length, Math.max(limit, 0) + 1));
      if (!LINE.test(line)) this.#fault = 'malformed-reply';
      else if (length - Number(input[length - 1] === '\r') > limit) this.#fault = 'reply-too-long';
      else if (end < 0) return undefined;
      else {
        this.#input = input.slice(end + 1);
        this.#octets += end + 1;
        const reply = this.#take(this.#text(line));
        if (reply !== undefined) return reply;
      }
    }
    return this.#fault;
  }

  /** The text of a line, in memory of its own: a slice would keep all that was read with it. */
  #text(line: string): string {
    if (!FOREIGN.test(line)) return ` ${line}`.slice(1);
    const octets = new Uint8Array(line.length);
    for (let i = 0; i < line.length; i++) octets[i] = line.charCodeAt(i);
    return this.#decoder.decode(octets);
  }

  #take(line: string): Reply | undefined {
    const lines = this.#lines;
    let end = line.length;
    while (line[end - 1] === '\r') end--;
    if (end > 0) lines.push(line.slice(4, end));
    if (end === 1 || end === 2) this.#fault = 'malformed-reply';
    const last = end > 2 && line[3] !== '-';
    // A blank line between replies is no part of any; inside of one it counts towards its size.
    if (last || lines.length === 0) this.#octets = 0;
    if (!last) return undefined;
    this.#lines = [];
    const code = Number(line.slice(0, 3));
    const enhanced = parseEnhancedStatus(code, lines.at(-1)!);
    return { code, lines, ...(enhanced && { enhanced }) };
  }
}

/**
 * Writes a reply as a server sends it (RFC 5321 §4.2.1); an enhanced status that the texts lack is put before
 * each of them (RFC 2034 §4).
 *
 * @param reply Code, texts, and perhaps an enhanced status.
 * @throws TypeError At a code outside 200 to 599, or at a line end in a text.
 *
 * @example Refuse a recipient
 * ```ts
 * formatReply({ code: 550, enhanced: '5.1.1', lines: ['No such mailbox'] }); // '550 5.1.1 No such mailbox\r\n'
 * ```
 */
export function formatReply({ code, enhanced, lines }: Reply): string {
  if (!(Number.isInteger(code) && code >= 200 && code < 600))
    throw new TypeError(`Give a reply code, not ${code}`);
  const texts = lines.length === 0 ? [''] : lines;
  return texts
    .map((line, i) => {
      if (/[\r\n\0]/.test(line)) throw new TypeError(`Give one text for each line: ${JSON.stringify(line)}`);
      const status = enhanced === undefined || line.startsWith(`${enhanced} `) ? '' : `${enhanced} `;
      return `${code}${i < texts.length - 1 ? '-' : ' '}${status}${line}\r\n`;
    })
    .join('');
}
