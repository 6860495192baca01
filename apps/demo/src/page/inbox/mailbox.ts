import type { MessageSummary, StoreEvent } from '../../inbox/message-store.ts';

/** The inbox as this page knows it. */
export interface Mailbox {
  readonly state: 'loading' | 'live' | 'offline';
  /** Newest first. */
  readonly messages: readonly MessageSummary[];
  /** Messages that made room for newer ones. */
  readonly evicted: number;
  /** When the list was last known to be true. */
  readonly asOf: Date;
}

/** Milliseconds between two renderings in a burst of mail. */
const RENDER_INTERVAL_MS = 100;

/**
 * Follows the inbox: the list once, then every change as it happens; after a break the list again.
 *
 * @returns a function that stops following
 */
export function followMailbox(onChange: (mailbox: Mailbox) => void): () => void {
  let mailbox: Mailbox = { state: 'loading', messages: [], evicted: 0, asOf: new Date() };
  let missed: StoreEvent[] = [];
  let listing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const change = (part: Partial<Mailbox>): void => {
    mailbox = { ...mailbox, asOf: new Date(), ...part };
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange(mailbox);
    }, RENDER_INTERVAL_MS);
  };

  const take = (event: StoreEvent): void => {
    if (listing) missed.push(event);
    change(applied(mailbox, event));
  };

  const list = async (evicted: number): Promise<void> => {
    listing = true;
    missed = [];
    try {
      const response = await fetch('/api/messages');
      const messages: readonly MessageSummary[] = await response.json();
      // What happened while the list was on its way is in it or not; doing it again changes nothing.
      change(missed.reduce<Mailbox>(applied, { ...mailbox, state: 'live', messages, evicted }));
    } catch {
      change({ state: 'offline', asOf: mailbox.asOf });
    }
    listing = false;
  };

  const source = new EventSource('/api/events');
  source.addEventListener('open', event => {
    if (event instanceof MessageEvent) void list(JSON.parse(event.data).evicted);
  });
  for (const type of ['arrived', 'evicted', 'cleared'] as const) {
    source.addEventListener(type, event => take(JSON.parse(event.data)));
  }
  source.addEventListener('error', () => change({ state: 'offline', asOf: mailbox.asOf }));

  return () => {
    clearTimeout(timer);
    source.close();
  };
}

function applied(mailbox: Mailbox, event: StoreEvent): Mailbox {
  const { messages } = mailbox;
  switch (event.type) {
    case 'arrived':
      if (messages.some(message => message.id === event.summary.id)) return mailbox;
      return { ...mailbox, messages: [event.summary, ...messages] };
    case 'evicted': {
      const gone = new Set(event.ids);
      return {
        ...mailbox,
        messages: messages.filter(message => !gone.has(message.id)),
        evicted: event.total,
      };
    }
    case 'cleared':
      return { ...mailbox, messages: [] };
  }
}
