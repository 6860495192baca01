import { useEffect, useRef, useState } from 'hono/jsx/dom';
import type { MessageSummary } from '../../inbox/message-store.ts';
import { ListHead } from './list-head.tsx';
import { MessageRow, ROW_ID } from './message-row.tsx';

/** Rows rendered at first, and more on demand. */
const PAGE_ROWS = 200;

interface ListProps {
  readonly messages: readonly MessageSummary[];
  readonly loading: boolean;
  readonly recipients: readonly (readonly [address: string, count: number])[];
  readonly recipient: string | undefined;
  readonly choose: (recipient: string | undefined) => void;
  readonly current: string | undefined;
  readonly open: (id: string) => void;
}

/** The list of messages: one tab stop, arrows or j and k inside, Enter opens. */
export function MessageList({ messages, loading, recipients, recipient, choose, current, open }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState(PAGE_ROWS);
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const [read, setRead] = useState<ReadonlySet<string>>(readBefore);
  const newest = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (current === undefined) return;
    setFocused(current);
    if (!read.has(current)) setRead(remember(read, current));
  }, [current]);

  const atTop = (box.current?.scrollTop ?? 0) < 8;
  if (atTop) newest.current = messages[0]?.id;
  const above = messages.findIndex(message => message.id === newest.current);

  const focusRow = (index: number): void => {
    const message = messages[Math.max(0, Math.min(messages.length - 1, index))];
    if (message === undefined) return;
    setFocused(message.id);
    document.getElementById(`${ROW_ID}${message.id}`)?.scrollIntoView({ block: 'nearest' });
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = messages.findIndex(message => message.id === focused);
    const steps: Record<string, () => void> = {
      ArrowDown: () => focusRow(index + 1),
      j: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      k: () => focusRow(index - 1),
      Home: () => focusRow(0),
      End: () => focusRow(Math.min(rows, messages.length) - 1),
      Enter: () => focused !== undefined && open(focused),
      ' ': () => focused !== undefined && open(focused),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  const onClick = (event: MouseEvent): void => {
    const row = (event.target as Element).closest('[role=option]');
    if (row !== null) open(row.id.slice(ROW_ID.length));
  };

  return (
    <section class="list-pane">
      <ListHead count={messages.length} recipients={recipients} recipient={recipient} choose={choose} />
      {loading ? <Skeleton /> : null}
      <div
        class="message-list"
        ref={box}
        role="listbox"
        tabIndex={0}
        aria-label="Mail, newest first"
        aria-activedescendant={focused === undefined ? undefined : `${ROW_ID}${focused}`}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={() => focused === undefined && focusRow(0)}
      >
        {messages.slice(0, rows).map((message, index) => (
          <MessageRow
            key={message.id}
            message={message}
            position={index + 1}
            count={messages.length}
            unread={!read.has(message.id)}
            focused={message.id === focused}
            current={message.id === current}
          />
        ))}
      </div>
      {above > 0 ? (
        <button type="button" class="pill top enter" onClick={() => box.current?.scrollTo({ top: 0 })}>
          {above} new ↑
        </button>
      ) : null}
      {messages.length > rows ? (
        <button type="button" class="button quiet older" onClick={() => setRows(rows + PAGE_ROWS)}>
          Show older ({messages.length - rows})
        </button>
      ) : null}
    </section>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {[0, 1, 2, 3].map(row => (
        <div key={row} class="skeleton-row">
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}

const READ_KEY = 'read-messages';

function readBefore(): ReadonlySet<string> {
  return new Set<string>(JSON.parse(sessionStorage.getItem(READ_KEY) ?? '[]'));
}

function remember(read: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const more = new Set(read).add(id);
  sessionStorage.setItem(READ_KEY, JSON.stringify([...more]));
  return more;
}
