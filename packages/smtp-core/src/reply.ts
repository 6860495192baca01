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

const LF = 0x0a;
const CR = 0x0d;
/** What the first octets of a line may look like; a line that cannot become a reply is refused before its end. */
const LINE_START = /^(?:\r*|[1-5]\d{0,2}|[1-5]\d\d(?:\r|[ -].?))$/s;
const LINE = /^[1-5]\d\d(?:[ -]|$)/;

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
  readonly #maxOctets: number;
  readonly #line: Uint8Array;
  #length = 0;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #lines: string[] = [];
  #octets = 0;
  #fault: ReplyFault | undefined;

  /** @param limits Longest line without its line end, and longest reply. */
  constructor({ maxReplyLine = MAX_REPLY_LINE_OCTETS, maxReplyBytes = MAX_REPLY_OCTETS }: ReplyLimits = {}) {
    this.#line = new Uint8Array(maxReplyLine + 1);
    this.#maxOctets = maxReplyBytes;
  }

  /** True while octets are held that have not become a reply. */
  get pending(): boolean {
    return this.#octets > 0 || this.#at < this.#input.length;
  }

  /** Takes octets as they come; they are read in place by `next()`. */
  push(bytes: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    this.#input = bytes;
    this.#at = 0;
    if (rest.length === 0) return;
    this.#input = new Uint8Array(rest.length + bytes.length);
    this.#input.set(rest);
    this.#input.set(bytes, rest.length);
  }

  /** Gives the next reply, undefined when more octets are needed, or the fault, at which the parser stays. */
  next(): Reply | ReplyFault | undefined {
    while (this.#fault === undefined && this.#at < this.#input.length) {
      const end = this.#input.indexOf(LF, this.#at);
      this.#take(this.#input.subarray(this.#at, end < 0 ? this.#input.length : end));
      this.#at = end < 0 ? this.#input.length : end + 1;
      if (end < 0 || this.#fault !== undefined) break;
      this.#octets++;
      const reply = this.#endLine();
      if (reply !== undefined) return reply;
    }
    return this.#fault;
  }

  #take(run: Uint8Array): void {
    this.#octets += run.length;
    const length = this.#length + run.length;
    const tooLong = length - (run.at(-1) === CR ? 1 : 0) >= this.#line.length;
    if (tooLong || this.#octets > this.#maxOctets) this.#fault = 'reply-too-long';
    const known = this.#length;
    this.#line.set(run.subarray(0, this.#line.length - known), known);
    this.#length = length;
    if (known < 5 && !LINE_START.test(this.#start(5))) this.#fault = 'malformed-reply';
  }

  #start(octets: number): string {
    return String.fromCharCode(...this.#line.subarray(0, Math.min(octets, this.#length)));
  }

  #endLine(): Reply | undefined {
    let length = this.#length;
    while (length > 0 && this.#line[length - 1] === CR) length--;
    this.#length = length;
    const start = this.#start(4);
    const text = this.#line.subarray(Math.min(4, length), length);
    this.#length = 0;
    if (length === 0) {
      if (this.#lines.length === 0) this.#octets = 0;
      return undefined;
    }
    if (!LINE.test(start) || text.includes(0)) {
      this.#fault = 'malformed-reply';
      return undefined;
    }
    this.#lines.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(text));
    if (start[3] === '-') return undefined;
    const code = Number(start.slice(0, 3));
    const lines = this.#lines;
    this.#lines = [];
    this.#octets = 0;
    const enhanced = parseEnhancedStatus(code, lines.at(-1)!);
    return enhanced === undefined ? { code, lines } : { code, enhanced, lines };
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
