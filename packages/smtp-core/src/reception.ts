import type { Phase } from './action.ts';
import { SmtpError, type SmtpErrorFields } from './error.ts';
import { refusal } from './refusal.ts';
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
  #answer(reply: Reply): void {
    const session = this.#session;
    const { pipeline } = session;
    const entry = pipeline.awaiting ? pipeline.head! : undefined;
    const command = entry?.redacted ?? '';
    const masked = entry?.phase === 'auth' && reply.code === 334 ? { ...reply, lines: ['***'] } : reply;
    session.replies++;
    session.events.push({
      type: 'reply',
      command: command.split(' ', 1)[0]!,
      redacted: command,
      reply: masked,
    });
    const { phase } = session;
    if (reply.code === 421) return session.die(refusal(phase, command, reply, {}, 'closing'));
    if (entry === undefined && reply.code >= 400 && this.#sendingBody(phase)) {
      const op = session.active.at(-1)!;
      op.failure ??= refusal('body', command, reply);
      return session.die(op.failure);
    }
    const trigger = entry && triggerOf(entry.phase, reply.code);
    if (entry === undefined || trigger === undefined)
      return this.#protocol('unexpected-reply', 'Distrust this connection: no command asked for this reply', {
        reply,
        command,
      });
    pipeline.answer(reply, trigger);
  }

  #sendingBody(phase: Phase): boolean {
    return phase === 'body' || phase === 'final';
  }

  #protocol(reason: SmtpErrorFields['reason'], message: string, fields: SmtpErrorFields = {}): void {
    this.#session.die(new SmtpError('protocol', this.#session.phase, message, { reason, ...fields }));
  }
}
