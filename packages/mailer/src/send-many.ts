import { MailerError } from './error.ts';
import { quoted } from './quoted.ts';

/**
 * Refuses what is no list of messages.
 *
 * @throws MailerError `invalid-message`
 */
export function checkMessages(messages: unknown): void {
  const list = Object(messages) as object;
  if (typeof messages !== 'string' && (Symbol.iterator in list || Symbol.asyncIterator in list)) return;
  throw new MailerError(
    'invalid-message',
    `Pass sendMany an array or another iterable of messages, not ${quoted(messages)}; send takes one message`,
  );
}

/** Receipts that are kept while an earlier message is still waiting for its own. */
const maxReceiptsAhead = 1000;

interface Place<Out> {
  outcome?: { readonly value: Out };
}

/**
 * Runs `work` on the items of an iterable, several at a time, and yields the outcomes in the order of the items.
 *
 * The source is read only as fast as work begins. `work` must not reject.
 *
 * @throws what the source throws, or the signal's reason, after the outcomes of what had begun
 */
export async function* inOrder<In, Out>(
  items: Iterable<In> | AsyncIterable<In>,
  work: (item: In, index: number) => Promise<Out>,
  options: { readonly concurrency: number; readonly signal?: AbortSignal },
): AsyncGenerator<Out, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const places: Place<Out>[] = [];
  const running = new Set<Promise<void>>();
  let begun = 0;
  let pulling = false;
  let end: { readonly error?: unknown } | undefined;
  let wake = (): void => {};

  const pull = async (): Promise<void> => {
    try {
      const next = await source.next();
      if (next.done) end ??= {};
      else if (!end) begin(next.value);
    } catch (error) {
      end ??= { error };
    }
    pulling = false;
    wake();
  };
  const begin = (item: In): void => {
    const place: Place<Out> = {};
    places.push(place);
    const run = work(item, begun++).then(value => {
      place.outcome = { value };
      running.delete(run);
      wake();
    });
    running.add(run);
  };
  const onAbort = (): void => {
    end ??= { error: options.signal?.reason };
    wake();
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();

  try {
    for (;;) {
      if (!end && !pulling && running.size < options.concurrency && places.length < maxReceiptsAhead) {
        pulling = true;
        void pull();
      }
      const { outcome } = places[0] ?? {};
      if (outcome) {
        places.shift();
        yield outcome.value;
      } else if (end && places.length === 0) break;
      else
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
    if ('error' in end) throw end.error;
  } finally {
    end ??= {};
    options.signal?.removeEventListener('abort', onAbort);
    await Promise.all(running);
    const returned = Promise.resolve(source.return?.());
    // A source that is still being waited for cannot return before it yields, which may be never.
    if (pulling) void returned.catch(() => {});
    else await returned;
  }
}
