import type { SendResult, SmtpEvent } from '../src/index.ts';
import { exchange } from './exchange.ts';
import type { Case } from './matrix.ts';
import { judge } from './oracle.ts';
import { message, type Scenario } from './scenario.ts';

const RECIPIENTS = ['b@y.test', 'c@y.test', 'd@y.test'];
const RECIPIENT_CODES = [250, 450, 550, 552];
const WAYS: readonly (readonly [string, Scenario['options'], readonly string[]])[] = [
  ['lock-step', {}, []],
  ['DATA', {}, ['PIPELINING']],
  ['DATA in the group', { pipelineData: true }, ['PIPELINING']],
  ['BDAT in lock-step', { transfer: 'bdat' }, ['CHUNKING']],
  ['BDAT', { transfer: 'bdat' }, ['PIPELINING', 'CHUNKING']],
  [
    'BDAT in flight',
    { transfer: 'bdat', pipelineWindow: { transactions: 3, octets: 4096 } },
    ['PIPELINING', 'CHUNKING'],
  ],
];

/** What must come of a message: the reference model. */
function expected(
  codes: readonly number[],
  partial: 'accept' | 'reject',
  mail: number,
  final: number,
): string {
  if (mail !== 250) return `reply ${mail}`;
  const accepted = RECIPIENTS.filter((_, i) => codes[i] === 250);
  const refused = codes.filter(code => code !== 250);
  // RFC 5321 §4.5.3.1.10: a 552 to RCPT is to be taken for 452.
  const first = refused[0] === 552 ? 452 : refused[0];
  if (accepted.length === 0 || (partial === 'reject' && refused.length > 0)) return `recipients ${first}`;
  return final === 250 ? `accepted ${accepted}` : `reply ${final}`;
}

function reported(event: SmtpEvent | undefined): string {
  if (event?.type !== 'done') return 'nothing';
  return event.ok
    ? `accepted ${(event.result as SendResult).accepted}`
    : `${event.error.kind} ${event.error.code}`;
}

/** PIPELINING × CHUNKING × recipient patterns × answers to MAIL and to the content, two messages each. */
export function* patternCases(): Generator<Case> {
  for (const [way, options, extensions] of WAYS)
    for (const partial of ['accept', 'reject'] as const) {
      if (partial === 'reject' && 'pipelineWindow' in options) continue;
      for (const final of [250, 451, 554])
        for (const mail of [250, 450])
          for (let pattern = 0; pattern < RECIPIENT_CODES.length ** RECIPIENTS.length; pattern++) {
            const codes = RECIPIENTS.map(
              (_, i) => RECIPIENT_CODES[Math.floor(pattern / RECIPIENT_CODES.length ** i) % 4]!,
            );
            const scenario: Scenario = {
              name: `${way}, ${partial}, MAIL ${mail}, RCPT ${codes}, final ${final}`,
              options: { ...options, partial },
              profile: {
                extensions,
                recipients: Object.fromEntries(RECIPIENTS.map((rcpt, i) => [rcpt, codes[i]!])),
                finals: [final, final],
                ...(mail === 250 ? {} : { mail }),
              },
              work: [message(1, RECIPIENTS), message(2, RECIPIENTS), 'quit'],
            };
            const wanted = expected(codes, partial, mail, final);
            for (const late of [false, true])
              yield {
                family: 'recipient patterns',
                name: `${scenario.name}${late ? ', late' : ''}`,
                run: () => compare(scenario, wanted, late),
              };
          }
    }
}

async function compare(scenario: Scenario, wanted: string, late: boolean): Promise<string[]> {
  const outcome = await exchange(scenario, { late });
  const results = outcome.ops
    .slice(0, 2)
    .map(op => reported(outcome.events.find(event => event.type === 'done' && event.op === op)));
  const differing = results
    .filter(result => result !== wanted)
    .map(result => `ended with ${result}, not ${wanted}`);
  return [...judge(outcome), ...differing];
}
