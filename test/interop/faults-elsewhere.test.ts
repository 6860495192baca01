import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { type FaultyServer, type Misbehaviour, startFaultyServer } from '../peer/faulty-server.ts';
import { bunPath } from '../provision/bun.ts';
import { contradictions, type Fate } from './fate.ts';
import type { FatesAlone, SessionAlone } from './fates-alone.ts';
import { CONTENTS, calm, clearWays, openTo, secureWays, type Way } from './way.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = join(folder, '..', '..', 'node_modules', '.bin');
const certificate = makeCertificate();
const ways = [...clearWays, ...secureWays(certificate)];

interface Case extends Pick<SessionAlone, 'line'> {
  readonly name: string;
  readonly server?: Misbehaviour;
}

/** How long dozens of sessions in another process may take on a slow machine, in milliseconds. */
const TEST_MS = 240_000;

/** Runs sessions in another runtime's process, which has to end by itself; gives what is wrong with each. */
async function complaints(
  [program, ...args]: readonly [string, ...string[]],
  way: Way,
  cases: readonly Case[],
): Promise<string[]> {
  const servers: FaultyServer[] = [];
  try {
    for (const { server } of cases) servers.push(await startFaultyServer({ ...way.server, ...server }));
    const sessions = servers.map(({ port }, at) => ({ way: way.name, port, line: cases[at]!.line }));
    const env = {
      ...process.env,
      PATH: `${programs}${delimiter}${process.env.PATH}`,
      CERTIFICATE: JSON.stringify(certificate),
      SESSIONS: JSON.stringify(sessions),
    };
    const options = { cwd: folder, env, timeout: TEST_MS };
    const { stdout } = await promisify(execFile)(program, [...args, 'fates-alone.ts'], options);
    const told = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as FatesAlone);
    expect(told).toHaveLength(cases.length);
    return told.flatMap(({ fates, otherwise }, at) => {
      const wrong = contradictions(fates as Fate[], servers[at]!.commits);
      return [...wrong, ...otherwise].map(complaint => `${cases[at]!.name}: ${complaint}`);
    });
  } finally {
    await Promise.all(servers.map(server => server.stop()));
  }
}

/** How many lines the transcript of a session has. */
async function linesOf(way: Way): Promise<number> {
  const server = await startFaultyServer(way.server);
  let lines = 0;
  const connection = await openTo(server, way, { onTranscript: () => lines++ });
  for (const text of CONTENTS)
    await connection.sendRaw({ from: '', to: ['bob@example.net', 'eve@example.net'] }, Buffer.from(text));
  await connection.close();
  await server.stop();
  return lines;
}

describe.each([
  ['Deno', ['deno', 'run', '--allow-all', '--no-lock']],
  ['Bun', [bunPath(), 'run']],
] as const)('on %s', (_, command) => {
  test.each(ways)('$name: an abort at each line of the transcript', { timeout: TEST_MS }, async way => {
    const lines = await linesOf(way);
    const cases = Array.from({ length: lines }, (_, line) => ({ name: `${line}`, line }));
    expect(await complaints(command, way, cases)).toEqual([]);
  });

  test.each(ways)('$name: the server hangs up behind some of its octets', { timeout: TEST_MS }, async way => {
    const { said } = await calm(way);
    const cases = Array.from({ length: Math.ceil(said / 11) }, (_, at) => {
      const octets = at * 11;
      return { name: `${octets}`, server: { octets } };
    });
    expect(await complaints(command, way, cases)).toEqual([]);
  });
});
