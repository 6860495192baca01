import { useState } from 'hono/jsx/dom';
import type { Retention } from '../../inbox/message-store.ts';
import { useCleanedEffect } from '../element/cleaned-effect.ts';
import { formatSize } from '../element/size.ts';
import { EmptyInbox, type SmtpAddress } from './empty-inbox.tsx';
import { followMailbox, type Mailbox } from './mailbox.ts';
import { MessageList } from './message-list.tsx';
import { formatTime } from './moment.ts';
import { Rail } from './rail.tsx';
import { Reader } from './reader.tsx';
import type { RelayAddress } from './test-message.tsx';

/** What the server says about the inbox. */
export interface Station {
  readonly smtp?: SmtpAddress;
  /** Absent where the relay leads elsewhere. */
  readonly relay?: RelayAddress;
  readonly retention: Retention;
}

const LOADING: Mailbox = { state: 'loading', messages: [], evicted: 0, asOf: new Date() };

/** The inbox page: who mail came for, the list, the message. */
export function Inbox({ station }: { station: Station }) {
  const [mailbox, setMailbox] = useState<Mailbox>(LOADING);
  const [recipient, setRecipient] = useState<string | undefined>(undefined);
  const [wanted, setWanted] = useState(wantedMessage);

  useCleanedEffect(() => followMailbox(setMailbox), []);
  useCleanedEffect(() => {
    const back = (): void => setWanted(wantedMessage());
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);

  const open = (id: string | undefined): void => {
    history.pushState(null, '', id === undefined ? '/inbox' : `/inbox?message=${id}`);
    setWanted(id);
  };

  const { messages, state } = mailbox;
  // A link from the compose page knows the Message-ID, not the id given here.
  const current =
    wanted === undefined
      ? undefined
      : messages.find(message => message.id === wanted || message.messageId === wanted);
  const shown =
    recipient === undefined ? messages : messages.filter(message => message.to.includes(recipient));
  const empty = messages.length === 0 && state !== 'loading';
  return (
    <>
      <h1 class="unseen">Inbox</h1>
      {state === 'offline' ? (
        <p class="banner" role="status">
          Reconnecting, showing {formatTime(mailbox.asOf)} data
        </p>
      ) : null}
      {mailbox.evicted > 0 ? (
        <p class="banner retention" role="status">
          {mailbox.evicted} older {mailbox.evicted === 1 ? 'message' : 'messages'} made room: this inbox keeps{' '}
          {station.retention.messages.toLocaleString('en')} messages or {formatSize(station.retention.octets)}
        </p>
      ) : null}
      {empty && wanted === undefined ? (
        <EmptyInbox smtp={station.smtp} relay={station.relay} />
      ) : (
        <div class={wanted === undefined ? 'panes' : 'panes reading'}>
          <Rail messages={messages} recipient={recipient} choose={setRecipient} />
          <MessageList
            messages={shown}
            loading={state === 'loading'}
            recipients={recipientsOf(messages)}
            recipient={recipient}
            choose={setRecipient}
            current={current?.id}
            open={open}
          />
          <Reader
            summary={current}
            wanted={wanted}
            loading={state === 'loading'}
            close={() => open(undefined)}
          />
        </div>
      )}
    </>
  );
}

function wantedMessage(): string | undefined {
  return new URLSearchParams(location.search).get('message') ?? undefined;
}

/** Everyone mail came for, most mail first. */
export function recipientsOf(messages: Mailbox['messages']): [address: string, count: number][] {
  const counts = new Map<string, number>();
  for (const address of messages.flatMap(message => message.to))
    counts.set(address, (counts.get(address) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
