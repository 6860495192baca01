import type { RecipientFailure, Reply, SmtpError } from '@posthaste/smtp-core';
import { isSmtpError } from './known-error.ts';
import { quoted } from './quoted.ts';

/** What stands for a secret, as in the commands of a transcript. */
const mask = '***';

/** A secret shorter than that is only taken for one where no letter or digit touches it: it may be part of a word. */
const tellingLength = 8;

/** Characters of a reply that the message of an error repeats. */
const maxReplyLength = 200;

/** How far the causes of an error are followed. */
const maxCauses = 5;

/** What a result or an error has of the server's own words. */
interface Telling {
  readonly reply?: Reply;
  readonly rejected?: readonly RecipientFailure[];
  readonly lines?: readonly string[];
  readonly detail?: string;
}

/** The passwords and tokens of one session: what a server repeats of them goes no further. */
export class Secrets {
  readonly #patterns: Map<string, RegExp> = new Map();

  /** Masks that password or token from now on; what is no text is for others to refuse. */
  add(secret: unknown): void {
    if (typeof secret !== 'string' || secret === '') return;
    const literal = secret.replace(
      /[^\p{L}\p{N}]/gu,
      character => `\\u{${character.codePointAt(0)!.toString(16)}}`,
    );
    const word = secret.length < tellingLength;
    const source = word ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
    this.#patterns.set(secret, new RegExp(source, 'gu'));
  }

  /** The text without the secrets. */
  masked(text: string): string {
    let result = text;
    for (const pattern of this.#patterns.values()) result = result.replace(pattern, mask);
    return result;
  }

  /** What a verb gave, without the secrets; what has no reply tells none. */
  maskedResult<T>(result: T): T {
    return Object.hasOwn(Object(result), 'reply') ? { ...result, ...this.#told(result as Telling) } : result;
  }

  /** The same error, rid of the secrets: its message, what the server said, and what caused it. */
  maskedError(error: unknown, depth = 0): unknown {
    if (!(error instanceof Error) || Object.isFrozen(error) || depth > maxCauses) return error;
    const { message } = error;
    const masked = isSmtpError(error) ? this.#cleansed(error) : this.masked(message);
    if (masked !== message) {
      // What is thrown need not be our own: the message of a DOMException can only be hidden by another.
      Object.defineProperty(error, 'message', { value: masked, configurable: true, writable: true });
      if (error.stack !== undefined) error.stack = error.stack.replace(message, () => masked);
    }
    this.maskedError(error.cause, depth + 1);
    return error;
  }

  /** Rids an error of what the server said, and gives the message that it should have. */
  #cleansed(error: SmtpError): string {
    const { reply, message } = error;
    Object.assign(error, this.#told(error));
    if (reply === undefined || error.reply === reply) return this.masked(message);
    // The message may have cut the reply in the middle of a secret.
    const said = quoted(`${reply.code} ${error.reply!.lines.join(' ')}`, maxReplyLength);
    return `The server answered ${quoted(error.command)} with ${said}`;
  }

  #told({ reply, rejected, lines, detail }: Telling): Telling {
    return {
      ...(reply && { reply: this.#reply(reply) }),
      ...(rejected && { rejected: rejected.map(entry => ({ ...entry, reply: this.#reply(entry.reply) })) }),
      ...(lines && { lines: lines.map(line => this.masked(line)) }),
      ...(detail !== undefined && { detail: this.masked(detail) }),
    };
  }

  #reply(reply: Reply): Reply {
    const lines = reply.lines.map(line => this.masked(line));
    return lines.every((line, at) => line === reply.lines[at]) ? reply : { ...reply, lines };
  }
}
