import { useState } from 'hono/jsx/dom';
import { Icon } from '../element/icon.tsx';
import { type RelayAddress, TestMessage } from './test-message.tsx';

/** Where the dev inbox takes mail. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  readonly startTls: boolean;
}

/** Nothing here yet, so: where to send to, ready to copy. */
export function EmptyInbox({
  smtp,
  relay,
}: {
  smtp: SmtpAddress | undefined;
  relay: RelayAddress | undefined;
}) {
  return (
    <section class="empty">
      <h2>No mail yet</h2>
      {smtp === undefined ? (
        <p>
          On Workers nothing can listen on a port, so mail comes in through the relay of this site: write one
          on the compose page, and it opens here.
        </p>
      ) : (
        <p>
          Send to{' '}
          <code>
            {smtp.host}:{smtp.port}
          </code>{' '}
          from any program on this machine, {smtp.startTls ? 'with STARTTLS or plain, ' : 'without TLS, '}
          with any login or none. It appears here as it arrives and goes no further.
        </p>
      )}
      <div class="empty-actions">
        {relay === undefined ? null : <TestMessage relay={relay} />}
        <a class="button" href="/">
          Compose a message
        </a>
      </div>
      {smtp === undefined ? null : <Configurations smtp={smtp} />}
    </section>
  );
}

function Configurations({ smtp }: { smtp: SmtpAddress }) {
  const samples = [
    {
      title: 'Posthaste',
      code: `createMailer({ hostname: '${smtp.host}', port: ${smtp.port}, tls: 'none' })`,
    },
    {
      title: 'Nodemailer',
      code: `createTransport({ host: '${smtp.host}', port: ${smtp.port}, ignoreTLS: true })`,
    },
    { title: 'Python', code: `smtplib.SMTP('${smtp.host}', ${smtp.port}).send_message(message)` },
    { title: 'Environment', code: `SMTP_URL='smtp://${smtp.host}:${smtp.port}?tls=none'` },
  ];
  return (
    <dl class="samples">
      {samples.map(sample => (
        <div key={sample.title}>
          <dt class="meta">{sample.title}</dt>
          <dd>
            <code>{sample.code}</code>
            <Copy text={sample.code} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button type="button" class="button quiet square" title="Copy" onClick={copy}>
      <Icon name={copied ? 'accepted' : 'copy'} />
      <span class="unseen">{copied ? 'Copied' : 'Copy'}</span>
    </button>
  );
}
