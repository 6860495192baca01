import { SmtpClient, type SmtpEvent } from '../src/index.ts';
import { type Disturb, GroundTruth } from './ground-truth.ts';
import type { Scenario } from './scenario.ts';

/** What goes wrong, where; everything counts from zero. */
export interface Disturbance {
  readonly reply?: Disturb;
  /** The peer's side of the connection ends behind this many octets. */
  readonly serverOctets?: number;
  /** The peer hears this many octets; `lost` says whether its replies to them still arrive. */
  readonly clientOctets?: number;
  readonly lost?: boolean;
  /** Where the peer's octets are cut into segments. */
  readonly cuts?: readonly number[];
  /** What the peer says arrives when the client has nothing more to send, and not in the middle of content. */
  readonly late?: boolean;
  /** At the n-th wait the deadline passes, or the socket fails. */
  readonly timeoutAt?: number;
  readonly failAt?: number;
  /** The n-th write fails; half of it had left. */
  readonly failWrite?: number;
  /** The n-th chunk of content cannot be had. */
  readonly abortBody?: number;
  readonly tlsFails?: boolean;
  /** Octets that the peer adds behind its reply to STARTTLS. */
  readonly injected?: string;
}

/** What was seen of a session. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly peer: GroundTruth;
  readonly events: readonly SmtpEvent[];
  /** Numbers of the ops, in the order of the scenario's work, and of one that came after the end. */
  readonly ops: readonly number[];
  readonly late: number;
  readonly clear: string;
  readonly written: string;
  readonly waits: readonly string[];
  readonly writes: number;
  readonly bodies: number;
  readonly serverOctets: number;
  readonly state: 'close' | 'idle' | 'endless';
  readonly thrown?: unknown;
}

const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const octetsOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** Far more actions than any undisturbed session takes. */
const MAX_STEPS = 50_000;

/** Plays a scenario without input and output, obeying the client as a driver does. */
export async function exchange(scenario: Scenario, disturbance: Disturbance = {}): Promise<Outcome> {
  const peer = new GroundTruth(scenario.profile, disturbance.reply ?? (() => undefined));
  const client = new SmtpClient({
    clientName: 'c.test',
    tls: 'none',
    ...scenario.options,
    ...(scenario.auth && { auth: scenario.auth() }),
  });
  const ops = scenario.work.map(work => {
    if (work === 'quit') return client.quit();
    if (work === 'reset') return client.reset();
    return 'command' in work ? client.command(work.command) : client.send(work.send);
  });
  const sources = new Map(
    ops.map((op, i) => [op, [...((scenario.work[i] as { chunks?: string[] }).chunks ?? [])]]),
  );
  const events: SmtpEvent[] = [];
  const waits: string[] = [];
  let [clear, written, heard, delivered, writes, bodies] = ['', '', 0, 0, 0, 0];
  let state: Outcome['state'] = 'endless';
  let secure = false;
  let thrown: unknown;

  /** Octets on their way to the client, as far as the next cut. */
  const segment = (): string => {
    const end = Math.min(peer.output.length, disturbance.serverOctets ?? Number.POSITIVE_INFINITY);
    const cut = disturbance.cuts?.find(at => at > delivered && at < end) ?? end;
    const text = peer.output.slice(delivered, cut);
    delivered = Math.max(delivered, cut);
    return text;
  };
  const ended = (): boolean =>
    peer.closed || delivered >= (disturbance.serverOctets ?? Number.POSITIVE_INFINITY);
  const hear = (text: string): void => {
    const room = (disturbance.clientOctets ?? Number.POSITIVE_INFINITY) - heard;
    heard += text.length;
    if (peer.closed) return;
    if (text.length < room) {
      peer.feed(text);
      return;
    }
    const before = peer.output.length;
    peer.feed(text.slice(0, room));
    if (disturbance.lost) peer.output = peer.output.slice(0, before);
    peer.closed = true;
  };
  const read = (phase: string): void => {
    const at = waits.push(phase) - 1;
    const due = at === disturbance.timeoutAt || at === disturbance.failAt;
    const text = due ? '' : segment();
    if (at === disturbance.failAt) client.fail(new Error('reset by peer'));
    else if (at === disturbance.timeoutAt) client.timeout();
    else if (text !== '') client.receive(octetsOf(text));
    else if (ended()) client.receive(null);
    else client.timeout();
  };

  peer.greet();
  try {
    for (let step = 0; step < MAX_STEPS && state === 'endless'; step++) {
      const action = client.poll();
      switch (action.type) {
        case 'write': {
          const text = latin1(action.data);
          written += text;
          if (!secure) clear += text;
          const failing = writes++ === disturbance.failWrite;
          hear(failing ? text.slice(0, text.length / 2) : text);
          if (failing) client.fail(new Error('broken pipe'));
          break;
        }
        case 'event':
          events.push(action.event);
          break;
        case 'starttls':
          if (disturbance.injected !== undefined) client.receive(octetsOf(disturbance.injected));
          if (disturbance.tlsFails || ended()) client.tlsFailed();
          else {
            secure = true;
            peer.secure();
            client.tlsStarted();
          }
          break;
        case 'auth':
          await Promise.resolve(action.challenge)
            .then(challenge => action.mechanism.respond(challenge))
            .then(
              response => client.authRespond(response),
              () => client.authAbort(),
            );
          break;
        case 'body': {
          const early = disturbance.late ? '' : segment();
          if (early !== '') client.receive(octetsOf(early));
          else if (bodies++ === disturbance.abortBody) client.bodyAbort(new Error('source'));
          else client.body(nextChunk(sources.get(action.op)));
          break;
        }
        case 'read':
          read(action.wait.phase);
          break;
        default:
          state = action.type;
      }
    }
  } catch (error) {
    thrown = error;
  }
  const late = client.command('NOOP');
  for (let action = client.poll(); action.type === 'event'; action = client.poll()) events.push(action.event);
  return {
    scenario,
    peer,
    events,
    ops,
    late,
    clear,
    written,
    waits,
    writes,
    bodies,
    state,
    serverOctets: peer.output.length,
    ...(thrown === undefined ? {} : { thrown }),
  };
}

function nextChunk(source: string[] | undefined): Uint8Array | null {
  const chunk = source?.shift();
  return chunk === undefined ? null : octetsOf(chunk);
}
