import type { RecipientReceipt } from '@posthaste/mailer';
import { Icon, type IconName } from '../element/icon.tsx';

interface Sign {
  readonly tone: string;
  readonly icon: IconName;
  readonly word: string;
}

const SIGNS: Readonly<Record<RecipientReceipt['state'], Sign>> = {
  accepted: { tone: 'ok', icon: 'accepted', word: 'Accepted' },
  rejected: { tone: 'error', icon: 'refused', word: 'Refused' },
  unknown: { tone: 'warn', icon: 'unknown', word: 'Unknown' },
  'not-sent': { tone: 'error', icon: 'refused', word: 'Not sent' },
};

/** One row for each recipient: result, address, the server's reply as it came. */
export function RecipientTable({ recipients }: { recipients: readonly RecipientReceipt[] }) {
  return (
    <table class="recipients">
      <thead class="unseen">
        <tr>
          <th>Recipient</th>
          <th>Result</th>
          <th>Reply</th>
        </tr>
      </thead>
      <tbody>
        {recipients.map(recipient => (
          <tr key={recipient.address}>
            <th scope="row">{recipient.address}</th>
            <td>
              <Result recipient={recipient} />
            </td>
            <td>{recipient.reply ? <code>{formatReply(recipient.reply)}</code> : null}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Result({ recipient }: { recipient: RecipientReceipt }) {
  const sign = SIGNS[recipient.state];
  const later = recipient.state === 'rejected' && recipient.retry;
  return (
    <span class={`tag ${later ? 'warn' : sign.tone}`}>
      <Icon name={sign.icon} />
      {later ? 'Refused for now' : sign.word}
    </span>
  );
}

/** A reply as the server wrote it, on one line. */
export function formatReply(reply: NonNullable<RecipientReceipt['reply']>): string {
  return `${reply.code} ${reply.lines.join(' ')}`;
}
