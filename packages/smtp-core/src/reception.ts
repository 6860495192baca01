import { type Reason, SmtpError } from './error.ts';
import { masked, refusal } from './refusal.ts';
import { type Reply, ReplyParser } from './reply.ts';
import type { Session } from './session.ts';
import { triggerOf } from './state.ts';

/** The receiving end of a client session: octets become replies, and each reply finds the command it answers. */
export class Reception {
  readonly #session: Session;
  #parser: ReplyParser;
  /** Replies so far: each one starts another deadline. */
  replies = 0;

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
    const parser = this.#parser;
    if (session.closed) return;
    parser.push(bytes);
    while (!session.closed) {
      // RFC 3207 §4.2: whatever stands between the reply to STARTTLS and TLS was put there by somebody else.
      const sealed = session.deferred !== undefined || session.request?.type === 'starttls';
      const reply = parser.pending && sealed ? 'starttls-injection' : parser.next();
      if (reply === undefined) return;
      if (typeof reply === 'string') this.#distrust(reply);
      else this.#answer(reply);
      session.advance();
    }
  }

  /** The causality rule: a reply may only answer a command whose octets were handed out. */
  #answer(received: Reply): void {
    const session = this.#session;
    const { pipeline, events, secrets, phase } = session;
    const entry = pipeline.head;
    const redacted = entry?.redacted ?? '';
    const space = redacted.indexOf(' ');
    const challenge = entry?.phase === 'auth' && received.code === 334;
    const reply = challenge ? received : masked(received, secrets);
    this.replies++;
    events.push({
      type: 'reply',
      command: space < 0 ? redacted : redacted.slice(0, space),
      redacted,
      reply: challenge ? { code: 334, lines: ['***'] } : reply,
    });
    const trigger = entry && triggerOf(entry.phase, reply.code);
    if (reply.code === 421) session.die(refusal({ phase, redacted, reply }, 'closing'));
    else if (trigger !== undefined) {
      // A copy: LMTP answers the same command again.
      const answer = { ...entry!, reply, trigger };
      // RFC 3207 §4: what this means depends on whether anything came behind it.
      if (phase === 'starttls') session.deferred = answer;
      else session.resume(answer.op, trigger, answer);
    } else if (entry === undefined && reply.code >= 400 && (phase === 'body' || phase === 'final')) {
      // Nobody asked, but a server may refuse content before its end: it has stopped reading.
      const op = session.current!;
      op.failure ??= refusal({ phase: 'body', redacted, reply });
      session.die(op.failure);
    } else this.#distrust('unexpected-reply', reply, redacted);
  }

  #distrust(reason: Reason, reply?: Reply, command?: string): void {
    const { phase } = this.#session;
    const fields = { reason, reply, command };
    this.#session.die(new SmtpError('protocol', phase, `Check host, port and network: ${reason}`, fields));
  }
}
