import { BdatContent, DataContent } from './content.ts';
import type { Envelope } from './envelope.ts';
import { envelopeCommands } from './envelope-command.ts';
import type { SmtpError } from './error.ts';
import type { Operation, Story } from './operation.ts';
import type { Answer } from './pipeline.ts';
import { Recipients } from './recipients.ts';
import { refusal } from './refusal.ts';

/** One message: MAIL, RCPT and its content (RFC 5321 §3.3), each reply paired with its own command. */
export function* mailTransaction(op: Operation, envelope: Envelope): Story {
  const { session } = op;
  const { lmtp, partial, pipelineData } = session.options;
  const { to } = envelope;
  const recipients = new Recipients();
  const { accepted, rejected } = recipients;
  op.rejected = rejected;
  let answered = 0;
  let again = false;
  /** Recipients were accepted behind a refused MAIL. */
  let astray = false;

  const fail = (error: SmtpError) => {
    op.failure ??= error;
    session.pipeline.drop(op);
  };
  const refuse = (answer: Answer) =>
    fail(refusal(answer, 'reply', { rejected: rejected.length > 0 ? rejected : undefined }));
  const open = () => {
    op.content ??= new (op.chunked ? BdatContent : DataContent)(op);
  };

  const { mail, rcpt } = envelopeCommands(envelope, session);
  const before = session.active.at(-2);
  // RFC 3030 §2: only RSET makes the state known behind a BDAT that may yet be refused.
  if (before ? before.chunked : session.transactionOpen) op.send('rset', 'RSET');
  op.send('mail', mail);
  for (const line of rcpt) op.send('rcpt', line);
  const early = op.eager && pipelineData === true && !op.chunked;
  if (early) op.send('data', 'DATA');
  if (op.window) open();
  session.transactions++;

  while (again || op.waiting) {
    const answer = yield again;
    // Not an answer, but the end of a content that failed.
    if (answer === undefined) break;
    again = false;
    const { phase, reply } = answer;
    const taken = answer.trigger === '2yz';
    if (phase === 'rset') {
      session.transactionOpen = !taken;
      if (!taken) {
        session.lockStep = true;
        // When the content, or DATA, left in the same group, the answers to come tell what becomes of the message.
        if (!early && !op.content?.begun) refuse(answer);
      }
    } else if (phase === 'mail') {
      if (taken) session.transactionOpen = true;
      else refuse(answer);
    } else if (phase === 'rcpt') {
      const path = to[answered++]!;
      if (op.failure?.kind === 'reply') {
        // Accepted without a sender: this server does not read its commands in order.
        if (taken) astray = session.lockStep = session.transactionOpen = true;
        continue;
      }
      session.events.push({ type: 'recipient', op: op.id, rcpt: path, accepted: taken, reply });
      if (taken) accepted.push(path);
      else recipients.reject(path, answer);
      const last = answered === to.length;
      if ((last && accepted.length === 0) || (!taken && partial === 'reject'))
        fail(recipients.failure('rcpt'));
      if (op.failure || !last) continue;
      if (op.chunked) open();
      else if (!early) op.send('data', 'DATA');
    } else if (phase === 'data') {
      if (answer.trigger !== '354') refuse(answer);
      else if (!op.failure) open();
      else if (astray) {
        // Even a lone dot would be delivered to those it accepted: there is no way out but to hang up.
        session.die(op.failure);
        return undefined;
      }
      // RFC 2920 §3.1: the server waits for content although nobody is to get it.
      else new DataContent(op).take(null);
    } else if (phase === 'body') {
      if (!taken) refuse(answer);
      else if (op.failure?.kind === 'reply') session.lockStep = true;
    } else {
      // RFC 5321 §4.1.1.4: DATA leaves no transaction behind, whatever the reply; RFC 3030 §2: a refused BDAT may.
      session.transactionOpen = op.chunked && !taken;
      if (op.failure) session.lockStep ||= op.chunked && taken;
      else {
        again = recipients.deliver(answer, lmtp);
        if (!taken && !lmtp) refuse(answer);
      }
    }
  }
  if (op.failure) throw op.failure;
  return recipients.result;
}
