import { useEffect, useRef } from 'hono/jsx/dom';
import { Icon } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';
import { formatClock } from '../timeline/duration.ts';

/** How far a sending has come. */
export interface Stage {
  readonly name: 'preparing' | 'connecting' | 'sending' | 'waiting';
  readonly sentOctets: number;
  readonly totalOctets?: number;
  /** Milliseconds the server has been awaited. */
  readonly waitedMs: number;
}

/** The bar stops short of its end until the server has answered. */
const MOST_BEFORE_REPLY = 0.99;

interface DispatchProps {
  readonly stage: Stage | undefined;
  /** What Send is called where it would repeat what was sent: then it is not the first thing to do. */
  readonly again: string | undefined;
  readonly cancel: () => void;
}

/** Send and Cancel, and while it lasts the progress in a bar and in words. */
export function Dispatch({ stage, again, cancel }: DispatchProps) {
  const bar = useRef<HTMLDivElement>(null);
  const share = stage === undefined ? 0 : shareOf(stage);
  useEffect(() => {
    if (stage !== undefined) bar.current?.scrollIntoView({ block: 'nearest' });
  }, [stage === undefined]);
  return (
    <div class="dispatch" ref={bar}>
      <button
        type="submit"
        class={again === undefined ? 'button primary' : 'button'}
        aria-disabled={stage === undefined ? undefined : 'true'}
      >
        <Icon name="client" />
        {again ?? 'Send'}
      </button>
      {stage === undefined ? (
        <span class="meta hint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
      ) : (
        <>
          <button type="button" class="button" disabled={stage.name === 'waiting'} onClick={cancel}>
            Cancel
          </button>
          <div class="progress enter">
            <p>
              <span>{wordsFor(stage, share)}</span>
              {stage.totalOctets === undefined ? null : (
                <span class="meta">
                  {formatSize(stage.sentOctets)} of {formatSize(stage.totalOctets)}
                </span>
              )}
            </p>
            <progress class="meter" max={1} value={share} aria-label="Progress" />
          </div>
        </>
      )}
      <p class="unseen" role="status">
        {stage === undefined ? '' : SPOKEN[stage.name]}
      </p>
    </div>
  );
}

const SPOKEN: Readonly<Record<Stage['name'], string>> = {
  preparing: 'Preparing',
  connecting: 'Connecting',
  sending: 'Sending',
  waiting: 'Waiting for the server, outcome pending',
};

function shareOf(stage: Stage): number {
  if (stage.name === 'waiting') return MOST_BEFORE_REPLY;
  if (!stage.totalOctets) return 0;
  return Math.min(MOST_BEFORE_REPLY, stage.sentOctets / stage.totalOctets);
}

function wordsFor(stage: Stage, share: number): string {
  switch (stage.name) {
    case 'preparing':
      return 'Preparing';
    case 'connecting':
      return 'Connecting';
    case 'sending':
      return `Sending ${Math.floor(share * 100)}%`;
    case 'waiting':
      return `Waiting for server ${formatClock(stage.waitedMs)}`;
  }
}
