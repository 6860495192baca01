import { useEffect, useRef, useState } from 'hono/jsx/dom';
import { Timeline } from '../timeline/timeline.tsx';
import type { Line } from '../timeline/trace.ts';
import { Dispatch, type Stage } from './dispatch.tsx';
import { type Draft, sameDraft } from './draft.ts';
import type { Problems } from './draft-problem.ts';
import { type FieldName, HeaderField, Problem } from './field.tsx';
import { NO_SENDER, type Sender, useLateSender } from './late-sender.ts';
import { type Outcome, OutcomePanel, showPanel } from './outcome.tsx';
import { Shelf } from './shelf.tsx';
import { TranscriptPanel } from './transcript-panel.tsx';

/** Where this page sends, as the server that made the page says. */
export interface Station {
  /** WebSocket address of the relay. */
  readonly relayUrl: string;
  /** The mail server behind the relay, for people. */
  readonly upstream: string;
  /** That server is the dev inbox of this site. */
  readonly inbox: boolean;
}

const FIELDS: readonly FieldName[] = ['from', 'to', 'cc', 'subject', 'text', 'files'];

/** What Send is called while the form holds a message that somebody has already, or may have. */
const AGAIN: Readonly<Partial<Record<Outcome['state'], string>>> = {
  accepted: 'Send again',
  partial: 'Send again',
  unknown: 'Send again…',
};

const PREPARING: Stage = { name: 'preparing', sentOctets: 0, waitedMs: 0 };

/** Makes the browser ask before it leaves; one and the same function, so that it can be taken off again. */
function keepPage(event: Event): void {
  event.preventDefault();
}

/** The compose page: a form, what became of it, and every line that crossed the wire. */
export function Composer({ station }: { station: Station }) {
  const form = useRef<HTMLFormElement>(null);
  const panel = useRef<HTMLElement>(null);
  const sender = useLateSender();
  const abort = useRef<AbortController | undefined>(undefined);
  /** The draft that the outcome is about. */
  const sent = useRef<Draft | undefined>(undefined);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problems, setProblems] = useState<Problems>({});
  const [stage, setStage] = useState<Stage | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  /** The form still holds the draft that was sent. */
  const [unchanged, setUnchanged] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const [asking, setAsking] = useState(false);
  const [lines, setLines] = useState<readonly Line[]>([]);

  useEffect(() => form.current?.querySelector('textarea')?.focus(), []);

  const readDraft = (attached: readonly File[]): Draft => {
    const data = new FormData(form.current!);
    const field = (name: FieldName): string => String(data.get(name) ?? '');
    return {
      from: field('from'),
      to: field('to'),
      cc: field('cc'),
      subject: field('subject'),
      text: field('text'),
      files: attached,
    };
  };

  const edited = (name: FieldName, attached = files): void => {
    setUnchanged(sent.current !== undefined && sameDraft(readDraft(attached), sent.current));
    if (problems[name] !== undefined) setProblems({ ...problems, [name]: undefined });
  };

  const attach = (attached: readonly File[]): void => {
    edited('files', attached);
    setFiles(attached);
  };

  const point = (found: Problems): void => {
    setProblems(found);
    const first = FIELDS.find(name => found[name] !== undefined);
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`#${first}`)?.focus();
  };

  const dispatch = async (draft: Draft, { send, problemOf }: Sender, signal: AbortSignal): Promise<void> => {
    addEventListener('beforeunload', keepPage);
    sent.current = draft;
    setUnchanged(true);
    setConfirming(false);
    setOutcome(undefined);
    setLines([]);
    setStage(PREPARING);
    const result = await send(draft, {
      relayUrl: station.relayUrl,
      upstream: station.upstream,
      signal,
      onStage: setStage,
      onLines: setLines,
    });
    removeEventListener('beforeunload', keepPage);
    abort.current = undefined;
    setStage(undefined);
    const problem = problemOf(result.error, draft);
    if (problem === undefined) setOutcome(result.outcome);
    else point(problem);
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    const maySend =
      outcome?.state !== 'unknown' ||
      sent.current === undefined ||
      !sameDraft(readDraft(files), sent.current);
    if (maySend) void post();
    else {
      setConfirming(true);
      showPanel(panel.current);
    }
  };

  const post = async (): Promise<void> => {
    if (abort.current !== undefined) return;
    const { signal } = (abort.current = new AbortController());
    const draft = readDraft(files);
    if (sender.current === undefined) setStage(PREPARING);
    const arrived = sender.current ?? (await sender.fetch());
    const found = arrived?.checkDraft(draft) ?? {};
    point(found);
    if (arrived !== undefined && Object.keys(found).length === 0) return dispatch(draft, arrived, signal);
    abort.current = undefined;
    setStage(undefined);
    setOutcome(arrived === undefined ? NO_SENDER : undefined);
  };

  const askRelay = async (): Promise<void> => {
    const receipt = outcome?.receipt;
    if (asking || receipt === undefined || sender.current === undefined) return;
    setAsking(true);
    const answered = await sender.current.ask(receipt, station);
    setAsking(false);
    // Another message may have been sent meanwhile.
    setOutcome(now => (now?.receipt === receipt ? answered : now));
  };

  const startOver = (): void => {
    form.current!.reset();
    sent.current = undefined;
    setUnchanged(false);
    setFiles([]);
    setOutcome(undefined);
    setLines([]);
    form.current!.querySelector<HTMLElement>('#to')?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current!.requestSubmit();
  };

  const messageId = outcome?.receipt?.messageId;
  const inboxHref =
    station.inbox && messageId !== undefined ? `/inbox?message=${encodeURIComponent(messageId)}` : undefined;
  return (
    <>
      <div class="composer">
        <h1>New message</h1>
        <form ref={form} novalidate onSubmit={submit} onKeyDown={onKeyDown}>
          <div class="title-block">
            <HeaderField
              name="from"
              label="From"
              placeholder="Ann Müller <ann@example.org>"
              required
              problem={problems.from}
              edited={edited}
            />
            <HeaderField
              name="to"
              label="To"
              placeholder="bob@example.net, Chloé <chloe@example.com>"
              required
              problem={problems.to}
              edited={edited}
            />
            <HeaderField name="cc" label="Cc" problem={problems.cc} edited={edited} />
            <HeaderField name="subject" label="Subject" problem={problems.subject} edited={edited} />
          </div>
          <div class={problems.text === undefined ? 'letter' : 'letter invalid'}>
            <label for="text">Message</label>
            <textarea
              id="text"
              name="text"
              rows={8}
              aria-invalid={problems.text === undefined ? undefined : 'true'}
              aria-describedby={problems.text === undefined ? undefined : 'text-problem'}
              onInput={() => edited('text')}
            />
            <Problem name="text" text={problems.text} />
          </div>
          <Shelf
            files={files}
            problem={problems.files}
            add={more => attach([...files, ...more])}
            remove={index => attach(files.filter((_, i) => i !== index))}
          />
          <Dispatch
            stage={stage}
            again={unchanged && outcome !== undefined ? AGAIN[outcome.state] : undefined}
            cancel={() => abort.current?.abort()}
          />
        </form>
        {outcome === undefined ? null : (
          <OutcomePanel
            panel={panel}
            outcome={outcome}
            leads={unchanged}
            actions={{
              startOver,
              confirm: () => setConfirming(true),
              confirming,
              sendAgain: () => void post(),
              ask: () => void askRelay(),
              asking,
              ...(inboxHref !== undefined && { inboxHref }),
            }}
          />
        )}
      </div>
      <TranscriptPanel upstream={station.upstream} started={lines.length > 0} live={stage !== undefined}>
        <Timeline
          lines={lines}
          live={stage !== undefined}
          waitedMs={stage?.name === 'waiting' ? stage.waitedMs : undefined}
        />
      </TranscriptPanel>
    </>
  );
}
