import { type Reason, SmtpError, type SmtpErrorFields } from './error.ts';
import { masked, refusal } from './refusal.ts';
import { type Reply, ReplyParser } from './reply.ts';
import type { Session } from './session.ts';
import { triggerOf } from './state.ts';

/** The receiving end of a client session: octets become replies, and each reply finds the command it answers. */
export class Reception {
  readonly #session: Session;
  #parser: ReplyParser;

  constructor(session: Session) {
    this.#session = session;
    this.#parser = new ReplyParser(session.options);
  }

  /** Forgets what the connection said before TLS (RFC 3207 §4.2). */
  reset(): void {
    this.#parser = new ReplyParser(this.#session.options);
  }

  receive(bytes: Uint8Array): void {
    const session = this.#session;
    this.#parser.push(bytes);
    while (!session.closed) {
      // RFC 3207 §4.2: whatever stands between the reply to STARTTLS and TLS was put there by somebody else.
      if (this.#parser.pending && (session.deferred !== undefined || session.request?.type === 'starttls')) {
        this.#protocol(
          'starttls-injection',
          'Distrust this connection: octets came between STARTTLS and TLS',
        );
        return;
      }
      const reply = this.#parser.next();
      if (reply === undefined) return;
      if (typeof reply === 'string') this.#protocol(reply, 'Check host and port: this is not an SMTP reply');
      else this.#answer(reply);
      session.advance();
    }
  }

  /** The causality rule: a reply may only answer a command whose octets were handed out. */
  #answer(received: Reply): void {
    const session = this.#session;
    const { pipeline } = session;
    const entry = pipeline.awaiting ? pipeline.head! : undefined;
    const redacted = entry?.redacted ?? '';
    const [command = ''] = redacted.split(' ', 1);
    const challenge = entry?.phase === 'auth' && received.code === 334;
    const reply = challenge ? received : masked(received, session.secrets);
    const shown = challenge ? { code: 334, lines: ['***'] } : reply;
    session.replies++;
    session.events.push({ type: 'reply', command, redacted, reply: shown });
    const { phase } = session;
    const trigger = entry && triggerOf(entry.phase, reply.code);
    if (reply.code === 421) {
      session.die(refusal(phase, redacted, reply, {}, 'closing'));
    } else if (trigger !== undefined) {
      pipeline.answer(reply, trigger);
    } else if (entry === undefined && reply.code >= 400 && (phase === 'body' || phase === 'final')) {
      // Nobody asked, but a server may refuse content before its end: it has stopped reading.
      const op = session.active.at(-1)!;
      op.failure ??= refusal('body', redacted, reply);
      session.die(op.failure);
    } else {
      const advice = 'Distrust this connection: no command asked for this reply';
      this.#protocol('unexpected-reply', advice, { reply, command: redacted });
    }
  }

  #protocol(reason: Reason, message: string, fields: SmtpErrorFields = {}): void {
    const { phase } = this.#session;
    this.#session.die(new SmtpError('protocol', phase, message, { reason, ...fields }));
  }
}
