import { useState } from 'hono/jsx/dom';

/** Where the relay is, and what is behind it. */
export interface RelayAddress {
  readonly relayUrl: string;
  readonly upstream: string;
}

/** Sends a message from here to here, by the way every other takes; what sends it is fetched when it is wanted. */
export function TestMessage({ relay }: { relay: RelayAddress }) {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);

  const send = async (): Promise<void> => {
    if (sending) return;
    setSending(true);
    setProblem(undefined);
    try {
      const { send } = await import('../compose/sender.ts');
      const { outcome } = await send(
        {
          from: 'Posthaste <demo@example.org>',
          to: 'you@example.org',
          cc: '',
          subject: 'It works',
          text: `Composed in the inbox page, sent over SMTP through the relay.\n\n${new Date().toString()}\n`,
          files: [],
        },
        { ...relay, signal: new AbortController().signal, onStage: () => {}, onLines: () => {} },
      );
      if (outcome.state !== 'accepted')
        setProblem([outcome.message, outcome.advice].filter(Boolean).join(' '));
    } catch {
      setProblem('The demo did not answer. Check that it is still running, then try again.');
    }
    setSending(false);
  };

  return (
    <>
      <button
        type="button"
        class="button primary"
        aria-disabled={sending ? 'true' : undefined}
        onClick={() => void send()}
      >
        Send a test message
      </button>
      {problem === undefined ? null : (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
