import type { Receipt, ReceiptState } from '@posthaste/mailer';
import { type RefObject, useEffect, useState } from 'hono/jsx/dom';
import { Icon, type IconName } from '../element/icon.tsx';
import { formatDuration } from '../timeline/duration.ts';
import { RecipientTable } from './recipient-table.tsx';
import { worthAsking } from './worth-asking.ts';

/** What became of a sending, in words for the page. */
export interface Outcome {
  readonly state: ReceiptState;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
  /** Part of the session that failed. */
  readonly phase?: string;
  /** The server's reply, verbatim. */
  readonly reply?: string;
  readonly receipt?: Receipt;
  /** What the relay said, when it was asked and knew no more. */
  readonly answer?: { readonly text: string; readonly at: Date };
}

const FACES: Readonly<Record<ReceiptState, { tone: string; icon: IconName; title: string }>> = {
  accepted: { tone: 'ok', icon: 'accepted', title: 'Accepted' },
  partial: { tone: 'warn', icon: 'alert', title: 'Accepted for some' },
  rejected: { tone: 'error', icon: 'refused', title: 'Refused' },
  unknown: { tone: 'warn', icon: 'unknown', title: 'Outcome unknown' },
  'not-sent': { tone: 'error', icon: 'refused', title: 'Not sent' },
};

interface Actions {
  /** Address of the inbox page that shows this message, when the mail server is the dev inbox. */
  readonly inboxHref?: string;
  readonly startOver: () => void;
  /** Sending again is to be confirmed first. */
  readonly confirm: () => void;
  readonly confirming: boolean;
  readonly sendAgain: () => void;
  /** Asks the relay what became of it. */
  readonly ask: () => void;
  /** The relay is being asked. */
  readonly asking: boolean;
}

interface PanelProps {
  readonly panel: RefObject<HTMLElement | null>;
  readonly outcome: Outcome;
  /** What to do next is here, rather than with an edited draft. */
  readonly leads: boolean;
  readonly actions: Actions;
}

/** Brings the panel to the eye and to the ear. */
export function showPanel(panel: HTMLElement | null): void {
  panel?.focus({ preventScroll: true });
  panel?.scrollIntoView({ block: 'nearest' });
}

/** The result of a sending; it takes the focus, so that it is read out and seen. */
export function OutcomePanel({ panel, outcome, leads, actions }: PanelProps) {
  const { state, receipt } = outcome;
  const face = FACES[state];
  const good = state === 'accepted' || state === 'partial';

  useEffect(() => showPanel(panel.current), [state]);
  useEffect(() => {
    if (outcome.answer !== undefined) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [outcome.answer]);

  return (
    <section
      class={`outcome ${face.tone} enter`}
      ref={panel}
      tabindex={-1}
      role={good ? 'status' : 'alert'}
      aria-atomic="false"
      data-state={state}
    >
      <header>
        <span class="seal">
          <Icon name={face.icon} />
        </span>
        <h2>{face.title}</h2>
        {receipt ? <span class="meta">{formatDuration(receipt.timings.durationMs)}</span> : null}
      </header>
      <p>{outcome.message}</p>
      {outcome.reply === undefined ? null : (
        <p class="reply">
          {outcome.phase ? <span class="meta">{outcome.phase}</span> : null}
          <code>{outcome.reply}</code>
        </p>
      )}
      {outcome.advice === undefined ? null : <p class="advice">{outcome.advice}</p>}
      {receipt && receipt.recipients.length > 0 && state !== 'not-sent' ? (
        <RecipientTable recipients={receipt.recipients} />
      ) : null}
      {good || state === 'unknown' ? (
        <footer>
          {good && actions.inboxHref !== undefined ? (
            <a class={leads ? 'button primary' : 'button'} href={actions.inboxHref}>
              Open in inbox
            </a>
          ) : null}
          {good ? (
            <button type="button" class="button" onClick={actions.startOver}>
              Write another
            </button>
          ) : null}
          {state === 'unknown' && receipt ? (
            <UnknownActions receipt={receipt} leads={leads} actions={actions} />
          ) : null}
        </footer>
      ) : null}
      {outcome.answer === undefined ? null : <Answer {...outcome.answer} />}
      {receipt?.messageId === undefined || state === 'not-sent' ? null : (
        <CopyMessageId value={receipt.messageId} />
      )}
    </section>
  );
}

/** What the relay said: below the button that asked, which stays under the pointer. */
function Answer({ text, at }: NonNullable<Outcome['answer']>) {
  return (
    <p class="reply">
      <span class="meta">Relay, {at.toLocaleTimeString()}</span>
      {text}
    </p>
  );
}

/** Asking is safe, so it comes first. Sending again may deliver twice, so it takes two deliberate presses. */
function UnknownActions({
  receipt,
  leads,
  actions,
}: Pick<PanelProps, 'leads' | 'actions'> & { receipt: Receipt }) {
  return (
    <>
      {receipt.transaction === undefined ? null : (
        <button
          type="button"
          class={leads && worthAsking(receipt) ? 'button primary ask' : 'button ask'}
          aria-disabled={actions.asking ? 'true' : undefined}
          onClick={actions.ask}
        >
          {actions.asking ? 'Asking…' : 'Ask relay'}
        </button>
      )}
      {actions.inboxHref === undefined ? null : (
        <a class={leads && !worthAsking(receipt) ? 'button primary' : 'button'} href={actions.inboxHref}>
          Look in the inbox
        </a>
      )}
      {actions.confirming ? (
        <button
          type="button"
          class="button danger"
          // The second half of a double click is no decision of its own.
          onClick={(event: MouseEvent) => event.detail < 2 && actions.sendAgain()}
        >
          Yes, it may arrive twice
        </button>
      ) : (
        <button type="button" class="button" onClick={actions.confirm}>
          Send again anyway…
        </button>
      )}
    </>
  );
}

function CopyMessageId({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <p class="message-id meta">
      <span>Message-ID</span>
      <code>{value}</code>
      <button type="button" class="button quiet square" title="Copy Message-ID" onClick={copy}>
        <Icon name={copied ? 'accepted' : 'copy'} />
        <span class="unseen">{copied ? 'Copied' : 'Copy Message-ID'}</span>
      </button>
    </p>
  );
}
