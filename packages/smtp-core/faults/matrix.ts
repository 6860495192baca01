import { type Disturbance, exchange, type Outcome } from './exchange.ts';
import { judge } from './oracle.ts';
import { patternCases } from './pattern.ts';
import { REPLY_FAULTS } from './reply-fault.ts';
import { SCENARIOS, type Scenario } from './scenario.ts';

/** One case of the matrix; running it gives everything that is wrong. */
export interface Case {
  readonly family: string;
  readonly name: string;
  readonly run: () => Promise<string[]>;
}

/** A family of cases for one scenario, given how the scenario goes undisturbed. */
type Family = (scenario: Scenario, calm: Outcome) => Generator<Case>;

const RANDOM_SEGMENTATIONS = 1000;
/** Closing at every octet of a long session shows nothing new behind its first kilobyte. */
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function disturbed(family: string, scenario: Scenario, name: string, disturbance: Disturbance): Case {
  return {
    family,
    name: `${scenario.name}: ${name}`,
    run: async () => judge(await exchange(scenario, disturbance)),
  };
}

const serverCloses: Family = function* (scenario, calm) {
  for (const at of upTo(calm.serverOctets))
    for (const late of [false, true])
      yield disturbed('server closes after every octet', scenario, `${at}${late ? ', late' : ''}`, {
        serverOctets: at,
        late,
      });
};

const clientCut: Family = function* (scenario, calm) {
  for (const at of upTo(calm.written.length))
    for (const lost of [false, true])
      for (const late of [false, true])
        yield disturbed(
          'client is cut after every octet',
          scenario,
          `${at}${lost ? ', replies lost' : ''}${late ? ', late' : ''}`,
          { clientOctets: at, lost, late },
        );
};

const replyFaults: Family = function* (scenario, calm) {
  for (const [at, label] of calm.peer.replies.entries())
    for (const fault of REPLY_FAULTS) {
      // LMTP awaits several final replies at once.
      if (fault.surplus && label === 'final' && calm.peer.replies[at + 1] === 'final') continue;
      yield disturbed('every reply fault at every reply', scenario, `${fault.name} at ${at} (${label})`, {
        reply: index => (index === at ? fault : undefined),
      });
    }
};

/** What must not depend on segmentation: every octet the client writes, and every event. */
function trace({ events, written, state }: Outcome): string {
  return JSON.stringify([written, state, events], (_, value) =>
    value instanceof Error ? { ...value, message: value.message } : value,
  );
}

function cut(family: string, scenario: Scenario, calm: Outcome, name: string, cuts: readonly number[]): Case {
  return {
    family,
    name: `${scenario.name}: ${name}`,
    run: async () => {
      const outcome = await exchange(scenario, { cuts });
      return [...judge(outcome), ...(trace(outcome) === trace(calm) ? [] : ['the trace differs'])];
    },
  };
}

const splits: Family = function* (scenario, calm) {
  for (const at of upTo(calm.serverOctets).slice(1))
    yield cut('every two-way split', scenario, calm, `at ${at}`, [at]);
};

const segmentations: Family = function* (scenario, calm) {
  const random = generator(scenario.name.length);
  for (const round of upTo(RANDOM_SEGMENTATIONS)) {
    const density = random();
    const cuts = upTo(calm.serverOctets).filter(() => random() < density);
    yield cut('random segmentations', scenario, calm, `round ${round}`, cuts);
  }
};

const waits: Family = function* (scenario, calm) {
  for (const [at, phase] of calm.waits.entries()) {
    yield disturbed('a timeout in every phase', scenario, `${phase} (${at})`, { timeoutAt: at });
    yield disturbed('the socket fails at every wait', scenario, `${phase} (${at})`, { failAt: at });
  }
  for (const at of upTo(calm.writes))
    yield disturbed('every write fails', scenario, `${at}`, { failWrite: at });
  for (const at of upTo(calm.bodies))
    yield disturbed('the source fails at every chunk', scenario, `${at}`, { abortBody: at });
};

const tls: Family = function* (scenario, calm) {
  if (!calm.peer.replies.includes('starttls')) return;
  yield disturbed('TLS', scenario, 'handshake fails', { tlsFails: true });
  for (const injected of ['2', '250 x', '250 x\r\n', '220 again\r\n'])
    yield disturbed('TLS', scenario, `injected ${JSON.stringify(injected)}`, { injected });
};

const auth: Family = function* (scenario) {
  if (scenario.auth === undefined) return;
  const faults = [
    'garbage',
    'endless',
    'wrong signature',
    'no signature',
    'weak',
    'early success',
    'refused',
    'later',
  ] as const;
  for (const fault of faults)
    yield {
      family: 'AUTH',
      name: `${scenario.name}: ${fault}`,
      run: async () => {
        const outcome = await exchange({ ...scenario, profile: { ...scenario.profile, auth: fault } });
        const scram = scenario.name.startsWith('SCRAM');
        // LOGIN takes any prompt, and only SCRAM asks its server for a proof.
        const granted = fault === 'early success' || fault.endsWith('signature') || fault === 'weak';
        const lenient = fault === 'garbage' && outcome.scenario.name.endsWith('LOGIN');
        const sent = outcome.peer.commits.length > 0;
        return [
          ...judge(outcome),
          ...(sent && (scram || !(granted || lenient)) ? ['sent mail without a login'] : []),
        ];
      },
    };
};

const FAMILIES: readonly Family[] = [
  serverCloses,
  clientCut,
  replyFaults,
  splits,
  segmentations,
  waits,
  tls,
  auth,
];

/** Every case, scenario by scenario. */
export async function* matrix(): AsyncGenerator<Case> {
  for (const scenario of SCENARIOS) {
    const calm = await exchange(scenario);
    yield { family: 'undisturbed', name: scenario.name, run: async () => judge(calm) };
    for (const family of FAMILIES) yield* family(scenario, calm);
  }
  yield* patternCases();
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
