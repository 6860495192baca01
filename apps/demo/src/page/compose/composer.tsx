import { useEffect, useRef, useState } from 'hono/jsx/dom';
import { Timeline } from '../timeline/timeline.tsx';
import type { Line } from '../timeline/trace.ts';
import { ask } from './ask.ts';
import { Dispatch, type Stage } from './dispatch.tsx';
import { checkDraft, type Draft, type Problems, problemOf } from './draft.ts';
import { type FieldName, HeaderField, Problem } from './field.tsx';
import { type Outcome, OutcomePanel } from './outcome.tsx';
import { send } from './send.ts';
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

/** The compose page: a form, what became of it, and every line that crossed the wire. */
export function Composer({ station }: { station: Station }) {
  const form = useRef<HTMLFormElement>(null);
  const abort = useRef<AbortController | undefined>(undefined);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problems, setProblems] = useState<Problems>({});
  const [stage, setStage] = useState<Stage | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const [lines, setLines] = useState<readonly Line[]>([]);

  useEffect(() => form.current?.querySelector('textarea')?.focus(), []);
  useEffect(() => {
    if (stage === undefined) return;
    const warn = (event: Event): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [stage === undefined]);

  const edited = (name: FieldName): void => {
    if (problems[name] !== undefined) setProblems({ ...problems, [name]: undefined });
  };

  const point = (found: Problems): void => {
    setProblems(found);
    const first = FIELDS.find(name => found[name] !== undefined);
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`#${first}`)?.focus();
  };

  const dispatch = async (draft: Draft): Promise<void> => {
    abort.current = new AbortController();
    setOutcome(undefined);
    setLines([]);
    setStage({ name: 'preparing', sentOctets: 0, waitedMs: 0 });
    const result = await send(draft, {
      relayUrl: station.relayUrl,
      upstream: station.upstream,
      signal: abort.current.signal,
      onStage: setStage,
      onLines: setLines,
    });
    abort.current = undefined;
    setStage(undefined);
    const problem = problemOf(result.error);
    if (problem === undefined) setOutcome(result.outcome);
    else point(problem);
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    if (abort.current !== undefined) return;
    const data = new FormData(form.current!);
    const field = (name: FieldName): string => String(data.get(name) ?? '');
    const draft: Draft = {
      from: field('from'),
      to: field('to'),
      cc: field('cc'),
      subject: field('subject'),
      text: field('text'),
      files,
    };
    const found = checkDraft(draft);
    point(found);
    if (Object.keys(found).length === 0) void dispatch(draft);
    else setOutcome(undefined);
  };

  const askRelay = async (): Promise<void> => {
    const receipt = outcome?.receipt;
    if (asking || receipt === undefined) return;
    setAsking(true);
    const answered = await ask(receipt, station);
    setAsking(false);
    // Another message may have been sent meanwhile.
    setOutcome(now => (now?.receipt === receipt ? answered : now));
  };

  const startOver = (): void => {
    form.current!.reset();
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
            add={more => {
              edited('files');
              setFiles([...files, ...more]);
            }}
            remove={index => {
              edited('files');
              setFiles(files.filter((_, i) => i !== index));
            }}
          />
          <Dispatch stage={stage} cancel={() => abort.current?.abort()} />
        </form>
        {outcome === undefined ? null : (
          <OutcomePanel
            outcome={outcome}
            actions={{
              startOver,
              sendAgain: () => form.current!.requestSubmit(),
              ask: () => void askRelay(),
              asking,
              ...(inboxHref !== undefined && { inboxHref }),
            }}
          />
        )}
      </div>
      <TranscriptPanel upstream={station.upstream} started={lines.length > 0} live={stage !== undefined}>
        <Timeline lines={lines} live={stage !== undefined} />
      </TranscriptPanel>
    </>
  );
}
