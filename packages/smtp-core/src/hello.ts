import { parseEhlo } from './extension.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Session } from './session.ts';
import type { Trigger } from './state.ts';

/** How a client names itself (RFC 5321 §4.1.1.1, RFC 2033 §4.1). */
export type HelloVerb = 'EHLO' | 'HELO' | 'LHLO';

/** Names the client, and learns the extensions if the server agrees. */
export function sayHello(
  op: Operation,
  session: Session,
  verb: HelloVerb,
  then: (reply: Reply, trigger: Trigger, command: string) => void,
): void {
  const line = `${verb} ${session.options.clientName}`;
  op.ask('hello', line, (reply, trigger) => {
    if (trigger === '2yz') {
      session.capabilities = verb === 'HELO' ? new Map() : parseEhlo(reply.lines);
      // RFC 5321 §4.1.4: EHLO in mid-session does what RSET does.
      session.transactionOpen = false;
    }
    then(reply, trigger, line);
  });
}
