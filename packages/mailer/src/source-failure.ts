/**
 * Keeps a stream of Node that fails before it is read, such as that of a file that is missing, from ending the process:
 * it tells its failure again to whoever reads it.
 */
export function outliveFailure(source: unknown): void {
  const { on } = Object(source) as { on?: (event: 'error', listener: () => void) => unknown };
  if (typeof on === 'function') on.call(source, 'error', () => {});
}

/** The same for every stream that a message has, while the composer is being loaded. */
export function outliveFailures(message: unknown): void {
  const { raw, attachments, alternatives } = Object(message) as Record<string, unknown>;
  outliveFailure(raw);
  for (const parts of [attachments, alternatives]) {
    if (!Array.isArray(parts)) continue;
    for (const part of parts) outliveFailure(Object(part).content);
  }
}
