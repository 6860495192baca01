import { REFUSALS, type Refusal } from './server-refusal.ts';

/** Where a server session stands (RFC 5321 §4.1.4). */
export type ServerState =
  /** Greeted, or TLS has just begun: no hello yet. */
  | 'connected'
  /** Greeted with 554: only QUIT is served (RFC 5321 §3.1). */
  | 'no-service'
  | 'ready'
  /** MAIL was accepted, no recipient yet. */
  | 'mail'
  | 'rcpt'
  /** A first BDAT was accepted, the last has yet to come. */
  | 'chunking'
  /** A chunk was refused: the message is lost and only a reset helps (RFC 3030 §2). */
  | 'chunk-failed'
  | 'closed';

/** What moves a session, named after the command that did; the LAST chunk is an event of its own. */
export type ServerVerb =
  | 'HELLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'BDAT LAST'
  | 'BDAT REFUSED'
  | 'RSET'
  | 'VRFY'
  | 'EXPN'
  | 'HELP'
  | 'NOOP'
  | 'QUIT';

type Moves = Partial<Record<ServerVerb, ServerState>>;

const OUTSIDE_TRANSACTION: Moves = { HELLO: 'ready', QUIT: 'closed' };
const IN_TRANSACTION: Moves = { HELLO: 'ready', RSET: 'ready', QUIT: 'closed' };

/** Commands that are served in a state and do not leave it. */
function stay(state: ServerState): Moves {
  return { VRFY: state, EXPN: state, HELP: state, NOOP: state };
}

/** Each state, the commands it allows, and where success leads: the session moves by this table alone. */
export const SERVER_STATES: Readonly<Record<ServerState, Moves>> = {
  connected: { ...OUTSIDE_TRANSACTION, ...stay('connected'), RSET: 'connected' },
  'no-service': { QUIT: 'closed' },
  ready: {
    ...OUTSIDE_TRANSACTION,
    ...stay('ready'),
    RSET: 'ready',
    STARTTLS: 'connected',
    AUTH: 'ready',
    MAIL: 'mail',
  },
  mail: { ...IN_TRANSACTION, ...stay('mail'), RCPT: 'rcpt' },
  rcpt: {
    ...IN_TRANSACTION,
    ...stay('rcpt'),
    RCPT: 'rcpt',
    DATA: 'ready',
    BDAT: 'chunking',
    'BDAT LAST': 'ready',
    'BDAT REFUSED': 'chunk-failed',
  },
  chunking: {
    ...IN_TRANSACTION,
    ...stay('chunking'),
    BDAT: 'chunking',
    'BDAT LAST': 'ready',
    'BDAT REFUSED': 'chunk-failed',
  },
  'chunk-failed': { ...IN_TRANSACTION, ...stay('chunk-failed') },
  closed: {},
};

/**
 * Says why a command is out of sequence (RFC 5321 §4.1.4).
 *
 * @returns The 503 reply, or undefined when the command may come now.
 */
export function outOfSequence(state: ServerState, verb: ServerVerb): Refusal | undefined {
  if (SERVER_STATES[state][verb] !== undefined) return undefined;
  switch (state) {
    case 'no-service':
      return REFUSALS.noService;
    case 'connected':
      return REFUSALS.helloFirst;
    case 'chunk-failed':
      return REFUSALS.chunkFailed;
    case 'ready':
      return REFUSALS.mailFirst;
    case 'mail':
      return verb === 'DATA' || verb === 'BDAT' ? REFUSALS.recipientFirst : REFUSALS.inTransaction;
    default:
      return verb === 'DATA' ? REFUSALS.mixedContent : REFUSALS.inTransaction;
  }
}
