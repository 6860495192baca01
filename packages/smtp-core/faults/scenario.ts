import { cramMd5, login, plain, type SaslMechanism, type SmtpClient, scramSha256 } from '../src/index.ts';
import type { Profile } from './ground-truth.ts';

type ClientOptions = ConstructorParameters<typeof SmtpClient>[0];
type Envelope = Parameters<SmtpClient['send']>[0];

/** A piece of work for a client. */
export type Work =
  | { readonly send: Envelope; readonly chunks: readonly string[] }
  | 'reset'
  | 'quit'
  | { readonly command: string };

/** A client, a peer, and what the client is asked to do. */
export interface Scenario {
  readonly name: string;
  readonly options: Partial<Omit<ClientOptions, 'auth'>>;
  /** Mechanisms keep state, so each run makes its own. */
  readonly auth?: () => SaslMechanism[];
  readonly profile: Profile;
  readonly work: readonly Work[];
}

/** A message that can be told from the others, with a dot and a bare LF to give both sides work. */
export function message(
  number: number,
  to: readonly string[] = ['b@y.test'],
  more: Partial<Envelope> = {},
): Work {
  return {
    send: { from: 'a@x.test', to, ...more },
    chunks: [`begin-${number}\r\n.dot\r\n`, 'bare\nline', `\r\nend-${number}`],
  };
}

/** What a peer must have of the message with this number. */
export function expectedData(number: number): string {
  return `begin-${number}\r\n.dot\r\nbare\r\nline\r\nend-${number}`;
}

const THREE = ['b@y.test', 'c@y.test', 'd@y.test'];
const PIPELINING = ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'];
const WINDOW = { transactions: 4, octets: 1 << 20 };
const user = { user: 'u', pass: 'secret' };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'lock-step', options: {}, profile: {}, work: [message(1, THREE.slice(1)), message(2), 'quit'] },
  {
    name: 'HELO after EHLO was refused',
    options: {},
    profile: { noEhlo: true },
    work: [message(1), 'quit'],
  },
  {
    name: 'pipelining, a recipient refused, the next transaction behind the dot',
    options: {},
    profile: { extensions: PIPELINING, recipients: { 'c@y.test': 550 } },
    work: [message(1, THREE), message(2, THREE), { command: 'NOOP' }, message(3), 'quit'],
  },
  {
    name: 'pipelining with DATA in the group',
    options: { pipelineData: true },
    profile: { extensions: PIPELINING, recipients: { 'c@y.test': 450 } },
    work: [message(1, THREE), message(2, ['c@y.test']), message(3), 'quit'],
  },
  {
    name: 'all or nothing',
    options: { partial: 'reject' },
    profile: { extensions: PIPELINING, recipients: { 'd@y.test': 452 } },
    work: [message(1, THREE), message(2), 'quit'],
  },
  {
    name: 'BDAT in lock-step',
    options: { transfer: 'bdat' },
    profile: { extensions: ['CHUNKING'] },
    work: [message(1, THREE), message(2), 'quit'],
  },
  {
    name: 'BDAT, whole transactions in flight',
    options: { transfer: 'bdat', pipelineWindow: WINDOW },
    profile: { extensions: [...PIPELINING, 'CHUNKING'], recipients: { 'c@y.test': 550 } },
    work: [message(1, THREE), message(2), message(3, ['c@y.test']), message(4), 'quit'],
  },
  {
    name: 'a message refused, another accepted',
    options: {},
    profile: { extensions: PIPELINING, finals: [554, 250] },
    work: [message(1), message(2), 'reset', 'quit'],
  },
  {
    name: 'parameters',
    options: {},
    profile: { extensions: [...PIPELINING, 'DSN', 'SIZE 1000000', 'SMTPUTF8'] },
    work: [
      message(1, ['b@y.test'], {
        size: 44,
        dsn: { ret: 'HDRS', notify: ['NEVER'], orcpt: true },
        smtputf8: true,
      }),
      'quit',
    ],
  },
  {
    name: 'STARTTLS and PLAIN',
    options: { tls: 'starttls' },
    auth: () => [plain(user)],
    profile: { extensions: ['STARTTLS', 'AUTH PLAIN', 'PIPELINING'] },
    work: [message(1), 'quit'],
  },
  {
    name: 'opportunistic TLS and LOGIN',
    options: { tls: 'opportunistic', allowInsecureAuth: true },
    auth: () => [login(user)],
    profile: { extensions: ['STARTTLS', 'AUTH LOGIN'] },
    work: [message(1), 'quit'],
  },
  {
    name: 'CRAM-MD5',
    options: {},
    auth: () => [cramMd5(user)],
    profile: { extensions: ['AUTH CRAM-MD5'] },
    work: [message(1), 'quit'],
  },
  {
    name: 'SCRAM-SHA-256',
    options: {},
    auth: () => [scramSha256({ ...user, nonce: 'nonce' })],
    profile: { extensions: ['AUTH SCRAM-SHA-256'] },
    work: [message(1), 'quit'],
  },
  {
    name: 'LMTP, a recipient refused at the end',
    options: { lmtp: true },
    profile: { lmtp: true, extensions: ['PIPELINING'], finals: [250, 452, 250] },
    work: [message(1, THREE), 'quit'],
  },
  {
    name: 'LMTP with BDAT',
    options: { lmtp: true, transfer: 'bdat' },
    profile: { lmtp: true, extensions: ['PIPELINING', 'CHUNKING'], finals: [550, 250] },
    work: [message(1, THREE), 'quit'],
  },
];
