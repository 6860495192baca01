import { type SendResult, SmtpError, type SmtpEvent } from '../src/index.ts';
import type { Outcome } from './exchange.ts';
import { expectedData } from './scenario.ts';

type Done = Extract<SmtpEvent, { type: 'done' }>;

const SECRETS = /secret|c2VjcmV0|AHUAc2VjcmV0/;

/**
 * Compares what a client said became of its work with what its peer knows.
 *
 * @returns Everything that is wrong.
 */
export function judge(outcome: Outcome): string[] {
  const { events, state, thrown, ops, late, scenario } = outcome;
  if (thrown !== undefined) return [`threw ${thrown}`];
  const wrong: string[] = [];
  if (state === 'endless') wrong.push('never comes to an end');
  const begun = events.filter(
    event => event.type === 'ready' || (event.type === 'done' && event.op === 0),
  ).length;
  if (begun !== 1) wrong.push(`the handshake was decided ${begun} times`);
  let messages = 0;
  for (const [i, op] of ops.entries()) {
    const work = scenario.work[i]!;
    const number = typeof work === 'object' && 'send' in work ? ++messages : 0;
    const done = events.filter((event): event is Done => event.type === 'done' && event.op === op);
    if (done.length !== 1) wrong.push(`op ${op} settled ${done.length} times`);
    else if (number > 0)
      wrong.push(...judgeMessage(outcome, done[0]!, number).map(text => `message ${number} ${text}`));
    for (const each of done)
      if (!each.ok && !(each.error instanceof SmtpError))
        wrong.push(`op ${op} failed without a type: ${each.error}`);
  }
  wrong.push(...judgeLate(events, late, state));
  if (scenario.options.tls === 'starttls' && /^(?:AUTH|MAIL) /m.test(outcome.clear))
    wrong.push('spoke in the clear');
  for (const event of events) if (SECRETS.test(text(event))) wrong.push(`told a secret in ${event.type}`);
  return wrong;
}

function judgeMessage({ peer, written, scenario }: Outcome, done: Done, number: number): string[] {
  const wrong: string[] = [];
  const commits = peer.commits.filter(({ data }) => data.includes(`begin-${number}\r\n`));
  const holders = commits.flatMap(({ to }) => to);
  for (const { data } of commits)
    if (data.replace(/\r\n$/, '') !== expectedData(number))
      wrong.push(`was committed as ${JSON.stringify(data)}`);
  if (new Set(holders).size !== holders.length) wrong.push('was committed twice');
  if (done.ok) {
    const { accepted, rejected } = done.result as SendResult;
    for (const rcpt of accepted)
      if (!holders.includes(rcpt)) wrong.push(`is accepted for ${rcpt} but not committed`);
    for (const { rcpt } of rejected)
      if (holders.includes(rcpt)) wrong.push(`is rejected for ${rcpt} but committed`);
    return wrong;
  }
  const { deliveryUnknown, retrySafe } = done.error;
  if (retrySafe === (deliveryUnknown === true)) wrong.push('is both in doubt and safe to send again');
  if (deliveryUnknown && !endWasHandedOut(written, number))
    wrong.push('is in doubt before its end was handed out');
  const told = holders.length > 0 && !deliveryUnknown;
  if (told)
    wrong.push(`is reported as ${done.error.kind} in ${done.error.phase}, but ${scenario.name} committed it`);
  return wrong;
}

function endWasHandedOut(written: string, number: number): boolean {
  const end = written.indexOf(`end-${number}`);
  if (end < 0) return false;
  return (
    written.startsWith('\r\n.\r\n', end + `end-${number}`.length) ||
    written.lastIndexOf(' LAST\r\n', end) >= 0
  );
}

function judgeLate(events: readonly SmtpEvent[], late: number, state: Outcome['state']): string[] {
  const done = events.filter((event): event is Done => event.type === 'done' && event.op === late);
  if (state !== 'close')
    return done.length === 0 ? [] : ['a late op was answered in an open session without asking'];
  const [only] = done;
  if (done.length !== 1 || only!.ok) return ['an op behind the end of the session was not refused'];
  return only!.error.kind === 'disconnected' && only!.error.retrySafe
    ? []
    : [`a late op ended with ${only!.error.kind}`];
}

/** All that an event shows, the hidden parts of errors included. */
function text(event: SmtpEvent): string {
  if (event.type !== 'done' || event.ok) return JSON.stringify(event);
  const { error } = event;
  return JSON.stringify({ ...error, message: error.message, cause: String(error.cause) });
}
