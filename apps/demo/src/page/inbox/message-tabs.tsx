import { useState } from 'hono/jsx/dom';
import { HtmlView } from './html-view.tsx';
import type { OpenedMessage } from './reader.tsx';
import { SessionView } from './session-view.tsx';
import { SourceView } from './source-view.tsx';

type TabName = 'HTML' | 'Text' | 'Headers' | 'Source' | 'Session';

/** The ways to look at a message, as tabs: arrows move, the panel follows. */
export function MessageTabs({ id, message }: { id: string; message: OpenedMessage }) {
  const { email } = message;
  const tabs: TabName[] = ['Headers', 'Source', 'Session'];
  if (email.text !== undefined || email.html === undefined) tabs.unshift('Text');
  if (email.html !== undefined) tabs.unshift('HTML');
  const [chosen, setChosen] = useState<TabName>(tabs[0]!);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(chosen);
    const to: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = tabs[(next + tabs.length) % tabs.length]!;
    setChosen(name);
    document.getElementById(`tab-${name}`)?.focus();
  };

  return (
    <div class="message-body">
      <div class="tabs" role="tablist" onKeyDown={onKeyDown}>
        {tabs.map(name => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === chosen ? 'true' : 'false'}
            aria-controls="tab-panel"
            tabindex={name === chosen ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen}`}>
        <Panel name={chosen} id={id} message={message} />
      </div>
    </div>
  );
}

function Panel({ name, id, message }: { name: TabName; id: string; message: OpenedMessage }) {
  const { email, raw } = message;
  switch (name) {
    case 'HTML':
      return <HtmlView email={email} />;
    case 'Text':
      return email.text ? (
        <pre class="message-text">{email.text}</pre>
      ) : (
        <p class="reader-note muted">This message has no text.</p>
      );
    case 'Headers':
      return <Headers headers={email.headers} />;
    case 'Source':
      return <SourceView raw={raw} />;
    case 'Session':
      return <SessionView id={id} />;
  }
}

function Headers({ headers }: { headers: OpenedMessage['email']['headers'] }) {
  return (
    <dl class="headers">
      {headers.map((header, index) => (
        <div key={`${index}`}>
          <dt>{header.originalKey}</dt>
          <dd class="mono">{header.value}</dd>
        </div>
      ))}
    </dl>
  );
}
