// Sends what cannot be read, in a runtime of its own: prints one JSON line for each.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { openConnection } from '@posthaste/bridge';
import { createMailer } from '@posthaste/mailer';
import { part } from '@posthaste/mime';

/** What became of one message. */
export interface Refused {
  readonly message: string;
  /** The code of the innermost error. */
  readonly reason: unknown;
}

const options = { hostname: '127.0.0.1', port: Number(process.argv.at(-1)), tls: 'none' } as const;
const addresses = { from: 'ann@example.org', to: 'bob@example.net' };
const envelope = { from: addresses.from, to: [addresses.to] };
const missing = () => createReadStream('missing.pdf');

async function tell(message: string, sending: Promise<unknown>): Promise<void> {
  let error = await sending.then(
    () => 'sent',
    (refusal: unknown) => refusal,
  );
  while (error instanceof Error && error.cause !== undefined) error = error.cause;
  const refused: Refused = { message, reason: (error as { code?: unknown }).code ?? error };
  console.log(JSON.stringify(refused));
}

await using mailer = createMailer({ ...options, retry: false });
const withFile = () => ({
  ...addresses,
  text: 'Hi',
  attachments: [{ filename: 'a.pdf', content: missing() }],
});
await tell('while the composer is loaded', mailer.send(withFile()));
await tell('once it is loaded', mailer.send(withFile()));
await tell('ready-made', mailer.send({ raw: missing(), envelope: addresses }));

const entity = part('application/pdf', missing());
// By the time that a second file has failed, so has the first, which nobody reads yet.
await once(missing(), 'error');
await tell('a part', mailer.send({ ...addresses, body: entity }));

await using connection = await openConnection(options);
await tell('octets as they are', connection.sendRaw(envelope, missing()));
