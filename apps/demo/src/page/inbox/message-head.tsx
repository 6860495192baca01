import type { Address, Email } from 'postal-mime';
import type { MessageSummary } from '../../inbox/message-store.ts';
import { Icon } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';
import { formatDate } from './moment.ts';

/** Subject, people, date, and how it came. */
export function MessageHead({ summary, email }: { summary: MessageSummary; email: Email }) {
  return (
    <header class="message-head">
      <h2>{email.subject ?? <i class="muted">No subject</i>}</h2>
      <dl>
        <People label="From" addresses={email.from ? [email.from] : []} />
        <People label="To" addresses={email.to ?? []} />
        <People label="Cc" addresses={email.cc ?? []} />
        <dt>Accepted for</dt>
        <dd class="mono">{summary.to.join(', ')}</dd>
        <dt>Arrived</dt>
        <dd>
          <time datetime={summary.date}>{formatDate(new Date(summary.date))}</time>
        </dd>
      </dl>
      <p class="message-tags">
        <span class={summary.secure ? 'tag tls' : 'tag'}>
          {summary.secure ? <Icon name="lock" /> : null}
          {summary.secure ? 'TLS' : 'no TLS'}
        </span>
        <span class="tag">{formatSize(summary.octets)}</span>
        <a class="tag link" href={`/api/messages/${summary.id}/raw`} download={`${summary.id}.eml`}>
          <Icon name="save" />
          .eml
        </a>
      </p>
    </header>
  );
}

function People({ label, addresses }: { label: string; addresses: readonly Address[] }) {
  if (addresses.length === 0) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {addresses.map((address, index) => (
          <Person key={`${index}`} address={address} last={index === addresses.length - 1} />
        ))}
      </dd>
    </>
  );
}

function Person({ address, last }: { address: Address; last: boolean }) {
  const comma = last ? '' : ', ';
  if (address.group !== undefined) {
    const members = address.group.map(member => member.address).join(', ');
    return <>{`${address.name}: ${members};${comma}`}</>;
  }
  return (
    <span class="person">
      {address.name === '' ? null : <>{address.name} </>}
      <span class="mono muted">
        {address.name === '' ? address.address : `<${address.address}>`}
        {comma}
      </span>
    </span>
  );
}
