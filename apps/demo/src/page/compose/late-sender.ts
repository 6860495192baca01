import { useEffect, useRef } from 'hono/jsx/dom';
import type { Outcome } from './outcome.tsx';

/** All that speaks to the mail server. */
export type Sender = typeof import('./sender.ts');

interface LateSender {
  /** Undefined until it has arrived. */
  readonly current: Sender | undefined;
  /** Undefined where it cannot be had. */
  readonly fetch: () => Promise<Sender | undefined>;
}

/** What is said where it cannot be had. */
export const NO_SENDER: Outcome = {
  state: 'not-sent',
  message: 'The part of this page that sends has not arrived. Nothing was sent.',
  advice: 'Check that the demo is still running, then send again. If that fails too, reload the page.',
};

/** What sends, fetched beside the form: three quarters of the scripts, and not needed to write. */
export function useLateSender(): LateSender {
  const sender = useRef<Sender | undefined>(undefined);
  const fetch = async (): Promise<Sender | undefined> => {
    sender.current ??= await import('./sender.ts').catch(() => undefined);
    return sender.current;
  };
  useEffect(() => void fetch(), []);
  return {
    get current() {
      return sender.current;
    },
    fetch,
  };
}
