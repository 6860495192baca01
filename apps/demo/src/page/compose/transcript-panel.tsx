import { type PropsWithChildren, useEffect, useState } from 'hono/jsx/dom';
import { Icon } from '../element/icon.tsx';

type PanelProps = PropsWithChildren<{
  readonly upstream: string;
  readonly started: boolean;
  readonly live: boolean;
}>;

/** The dock beside the form; on narrow screens a sheet, open while a message is being sent. */
export function TranscriptPanel({ upstream, started, live, children }: PanelProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(live), [live]);
  return (
    <aside class={open ? 'transcript open' : 'transcript'}>
      <header>
        <h2>Transcript</h2>
        <span class={live ? 'tag live' : 'tag'}>{live ? 'live' : started ? 'ended' : 'idle'}</span>
        <button
          type="button"
          class="button quiet square sheet-handle"
          aria-expanded={open ? 'true' : 'false'}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'up'} />
          <span class="unseen">{open ? 'Hide lines' : 'Show lines'}</span>
        </button>
      </header>
      <ol class="route meta">
        <li>this page</li>
        <li>relay</li>
        <li>{upstream}</li>
      </ol>
      {started ? (
        children
      ) : (
        <div class="nothing-yet">
          <p>Nothing on the wire yet.</p>
          <p class="meta">
            Press Send, and every line between this page and the relay appears here with its time. Passwords
            never do: the relay keeps them.
          </p>
          <ol class="ghost-phases meta">
            {['Connect', 'Greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'Dot', 'QUIT'].map(phase => (
              <li key={phase}>{phase}</li>
            ))}
          </ol>
        </div>
      )}
    </aside>
  );
}
