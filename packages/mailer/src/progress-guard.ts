import type { DeliveryOptions } from './backend.ts';
import { callbackError } from './callback.ts';
import type { SendOptions } from './message-input.ts';

/** Makes a progress callback that throws call off its own message, and nothing else. */
export function guarded({ allOrNothing, signal, onProgress }: SendOptions): DeliveryOptions {
  const options = { ...(allOrNothing !== undefined && { allOrNothing }) };
  if (onProgress === undefined) return { ...options, ...(signal && { signal }) };
  const callOff = new AbortController();
  return {
    ...options,
    signal: signal ? AbortSignal.any([signal, callOff.signal]) : callOff.signal,
    onProgress: progress => {
      if (callOff.signal.aborted) return;
      try {
        onProgress(progress);
      } catch (cause) {
        callOff.abort(callbackError('onProgress', cause));
      }
    },
  };
}
