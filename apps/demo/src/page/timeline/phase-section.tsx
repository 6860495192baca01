import { Icon, type IconName } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';
import { formatClock, formatDuration, formatMs, logShare } from './duration.ts';
import { timeOf } from './phase-strip.tsx';
import type { Phase, PlacedLine, Verdict } from './trace.ts';

/** A silence longer than this, in milliseconds, is drawn as a broken line. */
const LONG_GAP_MS = 1000;

/** Milliseconds that round to nothing, and are left out. */
const SHORTEST_MS = 0.05;

const VERDICTS: Readonly<Record<Verdict, { icon: IconName; word: string }>> = {
  ok: { icon: 'accepted', word: 'ok' },
  pending: { icon: 'pending', word: 'waiting' },
  deferred: { icon: 'alert', word: 'deferred' },
  refused: { icon: 'refused', word: 'failed' },
  lost: { icon: 'alert', word: 'lost' },
};

/** One phase: a sticky heading with its time and verdict, and its lines. */
export function PhaseSection({ phase, waitedMs }: { phase: Phase; waitedMs: number | undefined }) {
  const verdict = VERDICTS[phase.verdict];
  return (
    <li class="phase">
      <details open>
        <summary>
          <Icon name="chevron" />
          <span class="phase-name">{phase.name}</span>
          <span class={`verdict ${phase.verdict}`}>
            <Icon name={verdict.icon} />
            {verdict.word}
          </span>
          <span class="phase-time">{timeIn(phase, waitedMs)}</span>
        </summary>
        <ol>
          {phase.lines.map(line => (
            <LineRow key={line.index} line={line} />
          ))}
        </ol>
      </details>
    </li>
  );
}

/** What a phase took; as long as it waits, how long it has waited, where that is known. */
function timeIn(phase: Phase, waitedMs: number | undefined): string {
  if (phase.verdict !== 'pending') return formatDuration(timeOf(phase));
  return waitedMs === undefined ? '' : formatClock(waitedMs);
}

const DIRECTIONS: Readonly<Record<PlacedLine['direction'], { sign: string; word: string }>> = {
  client: { sign: '→', word: 'client' },
  server: { sign: '←', word: 'server' },
  local: { sign: '·', word: '' },
};

function LineRow({ line }: { line: PlacedLine }) {
  const classes = ['line', line.direction];
  if (line.secure) classes.push('secure');
  if (line.pipelined) classes.push('pipelined');
  const took = line.delta + (line.content === undefined ? 0 : line.content.until - line.at);
  const direction = DIRECTIONS[line.direction];
  return (
    <li class={classes.join(' ')}>
      {line.delta >= LONG_GAP_MS ? <p class="gap meta">{formatDuration(line.delta)}</p> : null}
      <span class="at">+{formatMs(line.at)}</span>
      <span class="said">
        <span class="sign" title={direction.word}>
          {direction.sign}
        </span>
        <span class="unseen">{direction.word} </span>
        {line.content === undefined ? (
          <Said text={line.text} />
        ) : (
          <Content content={line.content} at={line.at} />
        )}
      </span>
      <span class="bar" aria-hidden="true">
        {took < SHORTEST_MS ? null : <i style={{ width: `${logShare(took) * 100}%` }} />}
      </span>
      <span class="delta">{took < SHORTEST_MS ? '' : formatMs(took)}</span>
    </li>
  );
}

/** What stands in a transcript where a secret was. */
const REDACTED = '***';

/** Text of a line; what was redacted before it came here is shown as such. */
function Said({ text }: { text: string }) {
  const start = text.indexOf(REDACTED);
  if (start === -1) return <code>{text}</code>;
  return (
    <code>
      {text.slice(0, start)}
      <mark>•••• redacted</mark>
    </code>
  );
}

function Content({ content, at }: { content: NonNullable<PlacedLine['content']>; at: number }) {
  const seconds = (content.until - at) / 1000;
  const rate = seconds > 0.001 ? `, ${formatSize(content.octets / seconds)}/s` : '';
  return (
    <span class="content">
      {formatSize(content.octets)} of content{rate}
      {content.total === undefined ? null : (
        <progress class="meter" max={content.total} value={content.octets} />
      )}
    </span>
  );
}
