import { formatDuration, logShare } from './duration.ts';
import type { Phase } from './trace.ts';

/** Eight pixels of phases, as wide as the logarithm of their time; a click jumps to one. */
export function PhaseStrip({ phases, jump }: { phases: readonly Phase[]; jump: (index: number) => void }) {
  return (
    <div class="phase-strip">
      {phases.map((phase, i) => (
        <button
          key={`${phase.name}-${i}`}
          type="button"
          class={phase.verdict}
          style={{ flexGrow: String(0.15 + logShare(timeOf(phase))) }}
          title={`${phase.name}, ${formatDuration(timeOf(phase))}`}
          onClick={() => jump(i)}
        >
          <span class="unseen">
            {phase.name}, {formatDuration(timeOf(phase))}
          </span>
        </button>
      ))}
    </div>
  );
}

/** Milliseconds a phase took: what each of its lines waited. */
export function timeOf(phase: Phase): number {
  return phase.lines.reduce((sum, line) => sum + line.delta + contentTime(line), 0);
}

function contentTime(line: Phase['lines'][number]): number {
  return line.content === undefined ? 0 : line.content.until - line.at;
}
