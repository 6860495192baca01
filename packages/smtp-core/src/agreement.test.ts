import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generator } from '../faults/matrix.ts';
import { SmtpClient } from './client.ts';
import type { SmtpEvent } from './event.ts';
import type { SendResult } from './result.ts';
import { CleartextExchange } from './sasl/cleartext-exchange.ts';
import { login } from './sasl/login.ts';
import { plain } from './sasl/plain.ts';
import { SmtpServer } from './server.ts';
import type { Question } from './server-action.ts';

/** What a host takes, and what two machines have to say about it. */
interface World {
  readonly extensions: readonly string[];
  readonly limit: number;
  readonly refused: readonly string[];
  readonly refuseMail: boolean;
  readonly final: number;
  readonly startTls: boolean;
  readonly auth: 'none' | 'PLAIN' | 'LOGIN';
  readonly lmtp: boolean;
}
interface Manner {
  readonly partial: 'accept' | 'reject';
  readonly transfer: 'data' | 'bdat';
  readonly pipelineData: boolean;
  readonly window: boolean;
}
interface Letter {
  readonly to: readonly string[];
  readonly chunks: readonly string[];
}

const ADDRESSES = ['a@y.test', 'b@y.test', 'c@y.test', 'd@y.test'];
const latin1 = (octets: Uint8Array) => new TextDecoder('latin1').decode(octets);
const octetsOf = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0));

const world: fc.Arbitrary<World> = fc.record({
  extensions: fc.subarray(['PIPELINING', '8BITMIME', 'CHUNKING', 'ENHANCEDSTATUSCODES']),
  limit: fc.constantFrom(0, 40),
  refused: fc.subarray(ADDRESSES),
  refuseMail: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
  final: fc.constantFrom(250, 250, 451, 554),
  startTls: fc.boolean(),
  auth: fc.constantFrom('none', 'PLAIN', 'LOGIN'),
  lmtp: fc.boolean(),
});
const manner: fc.Arbitrary<Manner> = fc.record({
  partial: fc.constantFrom('accept', 'reject'),
  transfer: fc.constantFrom('data', 'bdat'),
  pipelineData: fc.boolean(),
  window: fc.boolean(),
});
const letter: fc.Arbitrary<Letter> = fc.record({
  to: fc.subarray(ADDRESSES, { minLength: 1 }),
  chunks: fc.array(
    fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', '.', 'x', '\r\n.'), maxLength: 12 }),
    { maxLength: 4 },
  ),
});

/** The reference model: what must come of a letter, by the rules alone. */
function model(letter: Letter, world: World, manner: Manner): { outcome: string; committed: string } {
  const lines = letter.chunks.join('').replace(/\r\n|\r|\n/g, '\r\n');
  const bdat = manner.transfer === 'bdat' && world.extensions.includes('CHUNKING');
  const content = bdat || lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  const accepted = letter.to.filter(rcpt => !world.refused.includes(rcpt));
  const nothing = (outcome: string) => ({ outcome, committed: '' });
  if (world.refuseMail) return nothing('reply 550');
  if (accepted.length === 0 || (manner.partial === 'reject' && accepted.length < letter.to.length))
    return nothing('recipients 550');
  const code = world.limit > 0 && content.length > world.limit ? 552 : world.final;
  // Under LMTP the code is that of the first recipient refused, RCPT before content; a chunk is refused as a whole.
  const first = accepted.length < letter.to.length ? 550 : code;
  const early = bdat && code === 552;
  if (code !== 250)
    return nothing(world.lmtp ? `recipients ${first}${early ? ' or reply 552' : ''}` : `reply ${code}`);
  return { outcome: `accepted ${accepted}`, committed: `${accepted} ${JSON.stringify(content)}` };
}

/** Wires the machines with a schedule of its own for each seed, until both have closed. */
function converse(letters: readonly Letter[], world: World, manner: Manner, seed: number) {
  const random = generator(seed);
  const secure = { client: false, server: false };
  const server = new SmtpServer({
    serverName: 's.test',
    extensions: world.extensions,
    maxMessageOctets: world.limit,
    startTls: world.startTls,
    auth: world.auth === 'none' ? [] : [world.auth],
    allowInsecureAuth: true,
    requireAuth: world.auth !== 'none',
    lmtp: world.lmtp,
  });
  const user = { user: 'u', pass: 'p' };
  const client = new SmtpClient({
    clientName: 'c.test',
    tls: world.startTls ? 'starttls' : 'none',
    allowInsecureAuth: true,
    lmtp: world.lmtp,
    partial: manner.partial,
    transfer: manner.transfer,
    pipelineData: manner.pipelineData,
    ...(world.auth === 'none' ? {} : { auth: [world.auth === 'PLAIN' ? plain(user) : login(user)] }),
    ...(manner.window && manner.partial === 'accept'
      ? { pipelineWindow: { transactions: 3, octets: 100 } }
      : {}),
  });
  const ops = letters.map(({ to }) => client.send({ from: 'x@x.test', to }));
  client.quit();
  const sources = new Map(ops.map((op, i) => [op, [...letters[i]!.chunks]]));
  const logins = new CleartextExchange();
  const committed: string[] = [];
  const events: SmtpEvent[] = [];
  let draft = { to: [] as string[], taken: [] as string[], content: '' };
  let [up, down] = ['', ''];
  const closed = { client: false, server: false };

  /** The code that refuses, a challenge, or nothing for yes. */
  const decide = (question: Question): number | Uint8Array | undefined => {
    switch (question.type) {
      case 'mail':
        draft = { to: [], taken: [], content: '' };
        return world.refuseMail ? 550 : undefined;
      case 'rcpt':
        if (world.refused.includes(question.to)) return 550;
        draft.to.push(question.to);
        return undefined;
      case 'auth': {
        const step = logins.step(question)!;
        return 'challenge' in step ? step.challenge : undefined;
      }
      case 'message':
        if (world.final !== 250) return world.final;
        draft.taken.push(...(question.recipient === undefined ? draft.to : [question.recipient]));
        if (draft.taken.length === draft.to.length)
          committed.push(`${draft.taken} ${JSON.stringify(draft.content)}`);
        return undefined;
      default:
        return undefined;
    }
  };
  const answer = (question: Question): void => {
    const decision = decide(question);
    if (decision === undefined) server.accept();
    else if (typeof decision === 'number') server.reject(decision, 'no');
    else server.challenge(decision);
  };

  /** Some of the octets under way, at least one. */
  const some = (length: number): number => 1 + Math.floor(random() * length * (random() < 0.3 ? 0.1 : 1));

  const stepClient = (): boolean => {
    const action = client.poll();
    if (action.type === 'write') up += latin1(action.data);
    else if (action.type === 'event') events.push(action.event);
    else if (action.type === 'body') {
      const chunk = sources.get(action.op)!.shift();
      client.body(chunk === undefined ? null : octetsOf(chunk));
    } else if (action.type === 'auth')
      client.authRespond(action.mechanism.respond(action.challenge) as Uint8Array);
    else if (action.type === 'starttls') {
      secure.client = true;
      if (!secure.server) return false;
      client.tlsStarted();
    } else if (action.type === 'close') {
      closed.client = true;
      return false;
    } else {
      if (down === '') return false;
      const octets = some(down.length);
      client.receive(octetsOf(down.slice(0, octets)));
      down = down.slice(octets);
    }
    return true;
  };

  const stepServer = (): boolean => {
    const action = server.poll();
    if (action.type === 'write') down += latin1(action.data);
    else if (action.type === 'ask') answer(action.question);
    else if (action.type === 'event' && action.event.type === 'content')
      draft.content += latin1(action.event.data);
    else if (action.type === 'starttls') {
      secure.server = true;
      server.tlsStarted();
    } else if (action.type === 'close') {
      closed.server = true;
      return false;
    } else if (action.type === 'read') {
      if (up === '' && closed.client) server.receive(null);
      else if (up === '') return false;
      const octets = some(up.length);
      server.receive(octetsOf(up.slice(0, octets)));
      up = up.slice(octets);
    }
    return true;
  };

  for (let idle = 0; idle < 4; )
    idle = (random() < 0.5 ? stepClient() : stepServer()) ? 0 : idle + (random() < 0.5 ? 0 : 1);
  while (stepClient() || stepServer());
  return { events, ops, committed, closed };
}

function outcomeOf(event: SmtpEvent | undefined): string {
  if (event?.type !== 'done') return 'nothing';
  return event.ok
    ? `accepted ${(event.result as SendResult).accepted}`
    : `${event.error.kind} ${event.error.code}`;
}

test('client and server agree with the model for any mail, any world and any schedule', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(
      fc.array(letter, { maxLength: 4 }),
      world,
      manner,
      fc.integer(),
      (letters, world, manner, seed) => {
        const { events, ops, committed, closed } = converse(letters, world, manner, seed);
        const expected = letters.map(each => model(each, world, manner));
        const outcomes = ops.map(op =>
          outcomeOf(events.find(event => event.type === 'done' && event.op === op)),
        );
        for (const [i, { outcome }] of expected.entries())
          expect(outcome.split(' or ')).toContain(outcomes[i]);
        expect(committed).toEqual(expected.map(each => each.committed).filter(Boolean));
        expect(closed).toEqual({ client: true, server: true });
      },
    ),
    { numRuns: 800 },
  );
});
