import type { TransactionOutcome } from '@posthaste/bridge';
import type { RecipientFailure, Reply } from '@posthaste/smtp-core';
import { alteredError } from './altered-error.ts';
import { isConnectError, isOwnError } from './known-error.ts';
import { quoted } from './quoted.ts';
import { queueIdOf } from './receipt.ts';
import { formsOf, placesOf } from './secret-form.ts';

/** What stands for a secret, as in the commands of a transcript. */
const mask = '***';

/** Characters of a reply that the message of an error repeats. */
const maxReplyLength = 200;

/** How far the causes of an error are followed. */
const maxCauses = 5;

/** What a result or an error may have of the server's own words; addresses and commands are ours. */
interface Telling {
  readonly reply?: Reply | undefined;
  readonly rejected?: readonly RecipientFailure[] | undefined;
  readonly lines?: readonly string[] | undefined;
  readonly detail?: string | undefined;
  readonly outcome?: TransactionOutcome | undefined;
}

/** The passwords and tokens of one session: what a server repeats of them goes no further. */
export class Secrets {
  readonly #forms: Set<string> = new Set();

  /** Masks that password or token from now on; what is no text is for others to refuse. */
  add(secret: unknown): void {
    if (typeof secret !== 'string' || secret === '') return;
    for (const form of formsOf(secret)) this.#forms.add(form);
  }

  /** The text without the secrets; of two that overlap, nothing is left over. */
  masked(text: string): string {
    const places = [...this.#forms].flatMap(form => placesOf(form, text));
    let result = '';
    let told = 0;
    for (const [start, end] of places.sort(([one], [other]) => one - other)) {
      if (start >= told) result += text.slice(told, start) + mask;
      told = Math.max(told, end);
    }
    return result + text.slice(told);
  }

  /** What a verb gave, without the secrets; what has no reply tells none. */
  maskedResult<T>(result: T): T {
    if (!Object.hasOwn(Object(result), 'reply')) return result;
    const { reply } = result as Telling;
    const changes = this.#changes(result as Telling);
    // A name of the server's that merely stands next to a secret, or has a short one in it, stays whole.
    const id = queueIdOf({ reply });
    const telling =
      id !== undefined && (this.#forms.has(id) || !(changes.reply ?? reply)!.lines.join(' ').includes(id));
    return { ...result, ...changes, ...(id !== undefined && { queueId: telling ? undefined : id }) };
  }

  /**
   * The same error, or one like it that is rid of the secrets: its message, what the server said, and what caused it.
   *
   * Whatever is no error of ours is left as it is: it has nothing from the server, and belongs to whoever made it.
   */
  maskedError(error: unknown, depth = 0): unknown {
    try {
      if (!isOwnError(error) || depth > maxCauses) return error;
      const changes = this.#changes(error as Telling);
      const changed = changedOnly(error, {
        ...changes,
        message: isConnectError(error) ? error.message : this.#message(error, changes.reply),
        cause: this.maskedError(error.cause, depth + 1),
      });
      return Object.keys(changed).length === 0 ? error : alteredError(error, changed);
    } catch {
      // It only looks like one of ours; what became of a message must not depend on that.
      return error;
    }
  }

  /** The message that an error should have, given its reply where that had a secret. */
  #message({ reply, message }: Error & Telling, masked: Reply | undefined): string {
    // Neither the command nor the reply has a quotation mark that is not escaped.
    const at = message.lastIndexOf(' with "');
    if (reply === undefined || at < 0) return this.masked(message);
    if (masked === undefined) return message;
    // The message may have cut the reply in the middle of a secret.
    return `${message.slice(0, at)} with ${quoted(`${reply.code} ${masked.lines.join(' ')}`, maxReplyLength)}`;
  }

  /** What has to be different. */
  #changes(told: Telling): Telling {
    const { reply, rejected, lines, detail, outcome } = told;
    return changedOnly(told, {
      reply: reply && this.#reply(reply),
      rejected: rejected && mapped(rejected, entry => this.#replied(entry)),
      lines: lines && this.#lines(lines),
      detail: detail && this.masked(detail),
      outcome: outcome && this.#replied(outcome),
    });
  }

  #replied<T extends { readonly reply?: Reply }>(told: T): T {
    const reply = told.reply && this.#reply(told.reply);
    return reply === told.reply ? told : { ...told, reply };
  }

  #reply(reply: Reply): Reply {
    const lines = this.#lines(reply.lines);
    return lines === reply.lines ? reply : { ...reply, lines };
  }

  #lines(lines: readonly string[]): readonly string[] {
    return mapped(lines, line => this.masked(line));
  }
}

/** The same array where nothing in it changes. */
function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.every((item, at) => item === items[at]) ? items : changed;
}

function changedOnly<T extends object>(before: object, after: T): T {
  const entries = Object.entries(after).filter(
    ([name, value]) => value !== (before as Record<string, unknown>)[name],
  );
  return Object.fromEntries(entries) as T;
}
