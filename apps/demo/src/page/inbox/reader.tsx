import { useState } from 'hono/jsx/dom';
import type { Email } from 'postal-mime';
import type { MessageSummary } from '../../inbox/message-store.ts';
import { useCleanedEffect } from '../element/cleaned-effect.ts';
import { Icon } from '../element/icon.tsx';
import { AttachmentList } from './attachment-list.tsx';
import { MessageHead } from './message-head.tsx';
import { MessageTabs } from './message-tabs.tsx';
import { openMessage } from './open-message.ts';

/** A message, fetched and taken apart. */
export interface OpenedMessage {
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly email: Email;
}

interface ReaderProps {
  readonly summary: MessageSummary | undefined;
  /** What the address of the page names: an id or a Message-ID. */
  readonly wanted: string | undefined;
  readonly loading: boolean;
  readonly close: () => void;
}

/** The message at hand. */
export function Reader({ summary, wanted, loading, close }: ReaderProps) {
  const [opened, setOpened] = useState<{ id: string; message: OpenedMessage } | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);

  useCleanedEffect(() => {
    setProblem(undefined);
    if (summary === undefined) return () => {};
    const abort = new AbortController();
    openMessage(summary.id, abort.signal).then(
      message => setOpened({ id: summary.id, message }),
      (error: unknown) => {
        if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => abort.abort();
  }, [summary?.id]);

  const message = opened?.id === summary?.id ? opened?.message : undefined;
  return (
    <article class="reader" onKeyDown={(event: KeyboardEvent) => event.key === 'Escape' && close()}>
      <button type="button" class="button quiet reader-back" onClick={close}>
        <Icon name="back" />
        Back
      </button>
      {problem === undefined ? null : (
        <p class="reader-note problem" role="alert">
          {problem}
        </p>
      )}
      {summary === undefined ? <Absent wanted={wanted} loading={loading} /> : null}
      {summary !== undefined && message !== undefined ? (
        <>
          <MessageHead summary={summary} email={message.email} />
          <MessageTabs key={summary.id} id={summary.id} message={message} />
          <AttachmentList key={`files-${summary.id}`} attachments={message.email.attachments} />
        </>
      ) : null}
    </article>
  );
}

function Absent({ wanted, loading }: { wanted: string | undefined; loading: boolean }) {
  if (loading) return null;
  if (wanted === undefined) return <p class="reader-note muted">Choose a message from the list.</p>;
  return (
    <div class="reader-note">
      <h2>Not in this inbox</h2>
      <p class="muted">
        The message was deleted, made room for newer ones, or has not arrived yet. It opens here as soon as it
        does.
      </p>
      <p>
        <code>{wanted}</code>
      </p>
    </div>
  );
}
