import { useState } from 'hono/jsx/dom';
import { Icon } from '../element/icon.tsx';

interface HeadProps {
  readonly count: number;
  readonly recipients: readonly (readonly [address: string, count: number])[];
  readonly recipient: string | undefined;
  readonly choose: (recipient: string | undefined) => void;
}

/** How many there are, whose they are where the rail is hidden, and a way to delete them all, asked twice. */
export function ListHead({ count, recipients, recipient, choose }: HeadProps) {
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);

  const clear = async (): Promise<void> => {
    setAsked(false);
    const response = await fetch('/api/messages', { method: 'DELETE' }).catch(() => undefined);
    setProblem(response?.ok ? undefined : 'Check that the demo is still running: nothing was deleted');
  };

  if (asked) {
    return (
      <header class="list-head">
        <span>Delete all mail?</span>
        <button type="button" class="button danger" onClick={() => void clear()}>
          Delete
        </button>
        <button type="button" class="button" onClick={() => setAsked(false)}>
          Keep
        </button>
      </header>
    );
  }
  return (
    <header class="list-head">
      <select
        class="list-mailbox"
        aria-label="Recipient"
        value={recipient ?? ''}
        onChange={(event: Event) => choose((event.currentTarget as HTMLSelectElement).value || undefined)}
      >
        <option value="">All mail</option>
        {recipients.map(([address, mail]) => (
          <option key={address} value={address}>
            {address} ({mail})
          </option>
        ))}
      </select>
      <span class="list-count meta">
        {count} {count === 1 ? 'message' : 'messages'}
      </span>
      {problem === undefined ? null : (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
      {count > 0 ? (
        <button type="button" class="button quiet square" title="Delete all" onClick={() => setAsked(true)}>
          <Icon name="discard" />
          <span class="unseen">Delete all</span>
        </button>
      ) : null}
    </header>
  );
}
