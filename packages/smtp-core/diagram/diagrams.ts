import { SERVER_STATES } from '../src/server-state.ts';
import { AMBIENT, TRANSITIONS } from '../src/state.ts';
import { drawStates, type Edge, joinEdges } from './state-diagram.ts';

/** Every edge of the client's table. */
export const CLIENT_EDGES: readonly Edge[] = Object.entries(TRANSITIONS).flatMap(([from, row]) =>
  Object.entries(row).flatMap(([label, ends]) => ends.split(' ').map(to => ({ from, to, label }))),
);

/** Every edge of the server's table but those that lead nowhere else. */
const SERVER_EDGES: readonly Edge[] = Object.entries(SERVER_STATES).flatMap(([from, moves]) =>
  Object.entries(moves)
    .filter(([, to]) => to !== from)
    .map(([label, to]) => ({ from, to, label })),
);

/** The states of each picture, from top to bottom. */
export const PICTURES = {
  handshake: ['greeting', 'hello', 'starttls', 'tls', 'command', 'auth', 'idle', 'closed'],
  transaction: ['idle', 'rset', 'mail', 'rcpt', 'data', 'body', 'final', 'command', 'quit', 'closed'],
} as const;

const between = (states: readonly string[], edges: readonly Edge[]) =>
  joinEdges(edges.filter(({ from, to }) => states.includes(from) && states.includes(to)));

/** File name below `docs` → SVG. */
export function drawAll(): ReadonlyMap<string, string> {
  const { handshake, transaction } = PICTURES;
  const note = `in every state: ${AMBIENT.join(', ')} → closed`;
  const server = Object.keys(SERVER_STATES);
  return new Map([
    [
      'smtp-client-handshake.svg',
      drawStates('Client: handshake', handshake, between(handshake, CLIENT_EDGES), note),
    ],
    [
      'smtp-client-transaction.svg',
      drawStates('Client: work', transaction, between(transaction, CLIENT_EDGES), note),
    ],
    ['smtp-server.svg', drawStates('Server', server, joinEdges(SERVER_EDGES))],
  ]);
}
