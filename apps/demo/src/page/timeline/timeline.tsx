import { useEffect, useRef, useState } from 'hono/jsx/dom';
import { formatDuration } from './duration.ts';
import { PhaseSection } from './phase-section.tsx';
import { PhaseStrip } from './phase-strip.tsx';
import { type Line, trace } from './trace.ts';

/** Pixels from the end within which the view still counts as following it. */
const FOLLOW_SLACK = 32;

interface TimelineProps {
  readonly lines: readonly Line[];
  readonly live: boolean;
  /** Milliseconds that the answer to the last line has been awaited, where somebody counts them. */
  readonly waitedMs?: number | undefined;
}

/** Every line of a session with its times, grouped by phase; follows the end until the reader scrolls away. */
export function Timeline({ lines, live, waitedMs }: TimelineProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [seen, setSeen] = useState(0);
  const phases = trace(lines, !live);
  const missed = following.current ? 0 : lines.length - seen;

  const follow = (): void => {
    following.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setSeen(lines.length);
  };

  useEffect(() => {
    if (lines.length === 0) following.current = true;
    if (live && following.current) follow();
  }, [lines.length, live]);

  const onScroll = (): void => {
    const box = scroller.current!;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < FOLLOW_SLACK;
    if (atEnd !== following.current) {
      following.current = atEnd;
      setSeen(lines.length);
    }
  };

  const jump = (index: number): void => {
    const heading = scroller.current?.querySelectorAll<HTMLElement>('.phase')[index];
    if (heading) scroller.current!.scrollTo({ top: heading.offsetTop });
  };

  const total = lines.at(-1)?.content?.until ?? lines.at(-1)?.at ?? 0;
  return (
    <div class="timeline">
      <PhaseStrip phases={phases} jump={jump} />
      <div class="timeline-scroll" ref={scroller} onScroll={onScroll} tabindex={0}>
        <ol>
          {phases.map((phase, i) => (
            <PhaseSection key={`${phase.name}-${i}`} phase={phase} waitedMs={waitedMs} />
          ))}
        </ol>
        {!live && lines.length > 0 ? (
          <p class="timeline-end meta">
            {lines.length} lines in {formatDuration(total)}
          </p>
        ) : null}
      </div>
      {missed > 0 ? (
        <button type="button" class="pill enter" onClick={follow}>
          {missed} new ↓
        </button>
      ) : null}
    </div>
  );
}
