import { createMailer, DeliveryError, type Mailer, type Message } from '@posthaste/mailer';
import { makeMessageId } from '@posthaste/mime';

/** One message to one person, so that the fate of one is never that of another. */
type Letter = Pick<Message, 'from' | 'subject' | 'text' | 'html' | 'messageId'> & { readonly to: string };

/** What nobody will send again by itself, and why. */
interface DeadLetter {
  readonly letter: Letter;
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

const longestDelaySeconds = 43_200;

export default {
  /** `POST` of `{ to: […], subject, text }` puts one letter for each recipient into the queue; `GET` tells how full it is. */
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method !== 'POST') return Response.json(await env.OUTGOING.metrics());
    const { to, subject, text } = await request.json<{ to: string[]; subject: string; text: string }>();
    const letters = to.map(recipient => ({
      from: 'Shop <shop@example.org>',
      to: recipient,
      subject,
      text,
      // Made once: a letter that goes out twice, because a worker died at the wrong moment, can be recognised.
      messageId: makeMessageId({ domain: 'example.org' }),
    }));
    await env.OUTGOING.sendBatch(letters.map(body => ({ body })));
    return Response.json(
      letters.map(({ messageId }) => messageId),
      { status: 202 },
    );
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
  try {
    await mailer.send(letter.body);
  } catch (error) {
    if (error instanceof DeliveryError && error.temporary) {
      const delaySeconds = Number(env.RETRY_SECONDS) * 2 ** (letter.attempts - 1);
      letter.retry({ delaySeconds: Math.min(delaySeconds, longestDelaySeconds) });
      return;
    }
    // Refused for good, unfit to be sent, or perhaps taken already (`unknown`): a person decides.
    const state = error instanceof DeliveryError ? error.code : 'not-sent';
    await env.DEAD_LETTERS.send({ letter: letter.body, state, reason: String(error) });
  }
  letter.ack();
}
