import { openConnection } from '@posthaste/bridge';
import { login } from '@posthaste/smtp-core';
import type { Certificate } from '../peer/certificate.ts';
import { type FaultyServer, type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';
import { contradictions, fateOf, type Options } from './fate.ts';

/** One of the ways in which a client and a server may go through a session. */
export interface Way {
  readonly name: string;
  /** Made anew for each session: mechanisms keep the state of their exchange. */
  readonly options: () => Options;
  readonly server: Misbehaviour;
}

/** Two messages for one session; their dots are not its end. */
export const CONTENTS: readonly string[] = ['begin-1\r\n.dot\r\nend-1\r\n', 'begin-2\r\n..\r\nend-2\r\n'];

/** A password that nobody may hear who is not meant to. */
export const canary = 'canary-password';

const piped = { extensions: ['PIPELINING'] };

/** Ways in the clear: what may share a write, and how content is framed. */
export const clearWays: readonly Way[] = [
  { name: 'lock-step', options: () => ({ tls: 'none' }), server: {} },
  { name: 'pipelined', options: () => ({ tls: 'none' }), server: piped },
  { name: 'DATA in the group', options: () => ({ tls: 'none', pipelineData: true }), server: piped },
  {
    name: 'chunks in flight',
    options: () => ({ tls: 'none', transfer: 'bdat', pipelineWindow: { transactions: 2, octets: 4096 } }),
    server: { extensions: ['PIPELINING', 'CHUNKING'] },
  },
];

/** Ways under TLS, signing in over two rounds. */
export function secureWays(certificate: Certificate): readonly Way[] {
  const options = (tls: 'starttls' | 'implicit') => () => ({
    ...{ hostname: 'localhost', tlsOptions: { ca: certificate.ca } },
    ...{ tls, auth: [login({ user: 'ann', pass: canary })] },
  });
  return [
    {
      name: 'STARTTLS',
      options: options('starttls'),
      server: { extensions: ['STARTTLS', 'AUTH LOGIN'], certificate },
    },
    {
      name: 'implicit TLS',
      options: options('implicit'),
      server: { extensions: ['PIPELINING', 'AUTH LOGIN'], certificate, implicit: true },
    },
  ];
}

export const openTo = (server: Pick<FaultyServer, 'port'>, way: Way, more: Options = {}) =>
  openConnection({ hostname: '127.0.0.1', port: server.port, ...way.options(), ...more });

/** How a session goes that nobody disturbs; throws when it does not go well. */
export async function calm(way: Way, misbehaviour: Misbehaviour = {}): Promise<FaultyServer> {
  const server = await startFaultyServer({ ...way.server, ...misbehaviour });
  const connecting = openTo(server, way);
  const fates = await Promise.all(CONTENTS.map(text => fateOf(connecting, text)));
  await connecting.then(connection => connection.quit());
  await server.stop();
  const wrong = contradictions(fates, server.commits);
  const refused = fates.filter(({ ending }) => ending !== 'accepted');
  if (wrong.length + refused.length > 0) throw new Error(`Not calm: ${wrong} ${refused[0]?.error}`);
  return server;
}
