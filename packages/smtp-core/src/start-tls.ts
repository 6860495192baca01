import { SmtpError } from './error.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Session } from './session.ts';
import type { Trigger } from './state.ts';

/**
 * Asks for TLS (RFC 3207 §4). The reply is acted upon at the next `poll()`, so that octets that came behind it are
 * seen before anything else happens.
 */
export function startTls(
  op: Operation,
  session: Session,
  started: (reply: Reply) => void,
  refused: (reply: Reply, trigger: Trigger) => void,
): void {
  op.ask('starttls', 'STARTTLS', (reply, trigger) => {
    session.deferred = () => {
      if (trigger !== '220') return refused(reply, trigger);
      op.move(trigger, 'tls');
      session.request = {
        type: 'starttls',
        started: () => started(reply),
        failed: cause => {
          op.move('tls failed', 'closed');
          const advice = 'Check the certificate and the protocol versions: the TLS handshake failed';
          session.die(new SmtpError('tls', 'tls', advice, { reason: 'handshake', cause }));
        },
      };
    };
  });
}
