import { createMailer, DeliveryError, type Mailer, type Message } from '@posthaste/mailer';
import { makeMessageId } from '@posthaste/mime';

/** One message to one recipient, so that the fate of one is never that of another. */
interface Letter {
  readonly message: Pick<Message, 'from' | 'to' | 'subject' | 'text' | 'html' | 'messageId'>;
  readonly envelope: { readonly from: string; readonly to: string };
}

/** What nobody will send again by itself, and why. */
interface DeadLetter extends Partial<Letter> {
  readonly state: 'rejected' | 'unknown' | 'not-sent';
  readonly reason: string;
}

interface Env {
  readonly OUTGOING: Queue<Letter>;
  readonly DEAD_LETTERS: Queue<DeadLetter>;
  readonly SMTP_URL: string;
  /** Seconds before the second attempt, doubled for each further one. */
  readonly RETRY_SECONDS: string;
}

const sender = 'shop@example.org';
const longestDelaySeconds = 43_200;

export default {
  /** `POST /send` with `{ to: […], subject, text }` puts one letter for each recipient into the queue. */
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method !== 'POST') return new Response('POST a message to /send\n', { status: 405 });
    const { to, subject, text } = await request.json<{ to: string[]; subject: string; text: string }>();
    // Made once: a letter that should go out twice, because a worker died at the wrong moment, can be recognised.
    const messageId = makeMessageId({ domain: 'example.org' });
    const message = { from: `Shop <${sender}>`, to, subject, text, messageId };
    await env.OUTGOING.sendBatch(
      to.map(recipient => ({ body: { message, envelope: { from: sender, to: recipient } } })),
    );
    return Response.json({ messageId }, { status: 202 });
  },

  async queue(batch: MessageBatch<Letter | DeadLetter>, env: Env): Promise<void> {
    if (batch.queue === 'dead-letters') {
      for (const { body } of batch.messages) console.error(`Dead letter: ${JSON.stringify(body)}`);
      return;
    }
    await using mailer = createMailer(env.SMTP_URL, { retry: false });
    for (const letter of batch.messages as readonly QueueMessage[]) await deliver(letter, mailer, env);
  },
} satisfies ExportedHandler<Env, Letter | DeadLetter>;

type QueueMessage = MessageBatch<Letter>['messages'][number];

async function deliver(letter: QueueMessage, mailer: Mailer, env: Env): Promise<void> {
  const { message, envelope } = letter.body;
  try {
    await mailer.send(message, { envelope });
  } catch (error) {
    if (error instanceof DeliveryError && error.temporary) {
      const delaySeconds = Number(env.RETRY_SECONDS) * 2 ** (letter.attempts - 1);
      letter.retry({ delaySeconds: Math.min(delaySeconds, longestDelaySeconds) });
      return;
    }
    // Refused for good, unfit to be sent, or perhaps taken already (`unknown`): a person decides.
    const state = error instanceof DeliveryError ? error.code : 'not-sent';
    await env.DEAD_LETTERS.send({ ...letter.body, state, reason: String(error) });
  }
  letter.ack();
}
