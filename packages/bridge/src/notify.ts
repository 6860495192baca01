/** Calls a listener if there is one; what it throws is its owner's affair and must not stop the session. */
export function notify<T>(listener: ((value: T) => unknown) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
