/**
 * Keeps a stream of Node that fails before it is read, such as that of a file that is missing, from ending the process:
 * it tells its failure again to whoever reads it.
 */
export function outliveFailure(source: unknown): void {
  const stream = Object(source) as {
    on?: (event: 'error', listener: () => void) => unknown;
    listeners?: (event: 'error') => readonly unknown[];
  };
  if (typeof stream.on !== 'function') return;
  const heard = typeof stream.listeners === 'function' ? stream.listeners('error') : undefined;
  if (!(Array.isArray(heard) && heard.includes(ignore))) stream.on('error', ignore);
}

/** One function for all, so that a stream which is given again has it already. */
function ignore(): void {}

/** The same for every stream that a message has, before anything else is looked at. */
export function outliveFailures(message: unknown): void {
  const { raw, attachments, alternatives } = Object(message) as Record<string, unknown>;
  outliveFailure(raw);
  for (const parts of [attachments, alternatives]) {
    if (!Array.isArray(parts)) continue;
    for (const part of parts) outliveFailure(Object(part).content);
  }
}
