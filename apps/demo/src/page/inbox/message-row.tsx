import type { MessageSummary } from '../../inbox/message-store.ts';
import { Icon } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';
import { formatMoment } from './moment.ts';

/** What the id of a row's element begins with. */
export const ROW_ID = 'row-';

interface RowProps {
  readonly message: MessageSummary;
  readonly position: number;
  readonly count: number;
  readonly unread: boolean;
  readonly focused: boolean;
  readonly current: boolean;
}

/** One option of the list, in two lines: who it came for and when; what it says and how much of it. */
export function MessageRow({ message, position, count, unread, focused, current }: RowProps) {
  const [first, ...others] = message.to;
  return (
    <div
      id={`${ROW_ID}${message.id}`}
      class={`row${focused ? ' focused' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={current ? 'true' : 'false'}
      aria-setsize={count}
      aria-posinset={position}
    >
      <span class="row-line">
        {unread ? <span class="unread" title="unread" /> : null}
        <span class="row-recipient">
          {first}
          {others.length > 0 ? ` +${others.length}` : ''}
        </span>
        <time class="meta" datetime={message.date}>
          {formatMoment(new Date(message.date))}
        </time>
      </span>
      <span class="row-line">
        <span class="row-text">
          {message.subject === '' ? <i>No subject</i> : message.subject}
          {message.snippet === '' ? null : <span class="muted"> — {message.snippet}</span>}
        </span>
        {message.attachments > 0 ? (
          <span class="row-clip meta">
            <Icon name="clip" />
            <span class="unseen">attachments: </span>
            {message.attachments}
          </span>
        ) : null}
        <span class="meta">{formatSize(message.octets)}</span>
      </span>
    </div>
  );
}
