import { SmtpError } from './error.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Trigger } from './state.ts';

/**
 * Asks for TLS (RFC 3207 §4). The reply is acted upon at the next `poll()`, so that octets that came behind it are
 * seen before anything else happens.
 */
export function startTls(
  op: Operation,
  started: (reply: Reply) => void,
  refused: (reply: Reply, trigger: Trigger) => void,
): void {
  const { session } = op;
  op.ask('starttls', 'STARTTLS', (reply, trigger) => {
    session.deferred = () => {
      if (trigger !== '220') return refused(reply, trigger);
      op.move(trigger, 'tls');
      session.request = {
        type: 'starttls',
        answer: (failed, cause) => {
          if (!failed) return started(reply);
          op.move('failed', 'closed');
          session.die(
            new SmtpError('tls', 'tls', 'Check the certificate: TLS failed', { reason: 'handshake', cause }),
          );
        },
      };
    };
  });
}
