import type { MessageSummary } from '../../inbox/message-store.ts';
import { Icon } from '../element/icon.tsx';
import { recipientsOf } from './inbox.tsx';

/** Recipients the rail has room for. */
const MOST_RECIPIENTS = 20;

interface RailProps {
  readonly messages: readonly MessageSummary[];
  readonly recipient: string | undefined;
  readonly choose: (recipient: string | undefined) => void;
}

/** All mail, or that of one recipient. */
export function Rail({ messages, recipient, choose }: RailProps) {
  return (
    <nav class="rail">
      <ul>
        <li>
          <Entry chosen={recipient === undefined} choose={() => choose(undefined)} title="All mail">
            <Icon name="tray" />
            <span class="rail-name">All mail</span>
            <span class="rail-count">{messages.length}</span>
          </Entry>
        </li>
      </ul>
      <h2 class="meta rail-heading">Recipients</h2>
      <ul>
        {recipientsOf(messages)
          .slice(0, MOST_RECIPIENTS)
          .map(([address, count]) => (
            <li key={address}>
              <Entry chosen={recipient === address} choose={() => choose(address)} title={address}>
                <span class="monogram" aria-hidden="true">
                  {address.slice(0, 2)}
                </span>
                <span class="rail-name">{address}</span>
                <span class="rail-count">{count}</span>
              </Entry>
            </li>
          ))}
      </ul>
    </nav>
  );
}

interface EntryProps {
  readonly chosen: boolean;
  readonly title: string;
  readonly choose: () => void;
  readonly children?: unknown;
}

function Entry({ chosen, title, choose, children }: EntryProps) {
  return (
    <button
      type="button"
      class="rail-entry"
      aria-pressed={chosen ? 'true' : 'false'}
      title={title}
      onClick={choose}
    >
      {children}
    </button>
  );
}
