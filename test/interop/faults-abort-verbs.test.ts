import { setImmediate as turn } from 'node:timers/promises';
import type { Connection, VerbOptions } from '@posthaste/bridge';
import { login, type SmtpError } from '@posthaste/smtp-core';
import { expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import { startFaultyServer } from '../peer/faulty-server.ts';
import {
  abandoned,
  complaintsOf,
  envelope,
  handlesClosed,
  isOurs,
  openHandles,
  reason,
  settles,
} from './fate.ts';
import { canary, openTo, type Way } from './way.ts';

type Verb = (connection: Connection, options?: VerbOptions) => Promise<unknown>;

const certificate = makeCertificate();
const content = new TextEncoder().encode('begin\r\nend\r\n');
/** The last resort of a case that hangs, in milliseconds. */
const PATIENCE_MS = 60_000;
/** Turns of the event loop in which an abort has its effect: no answer of the server is waited for. */
const TURNS = 30;
const manual: Way = {
  name: 'manual',
  options: () => ({
    ...{ hostname: 'localhost', tlsOptions: { ca: certificate.ca } },
    ...{ tls: 'none', manual: true, allowInsecureAuth: true, clientName: 'client.test' },
  }),
  server: { extensions: ['STARTTLS', 'AUTH LOGIN'], certificate },
};
const credentials = { user: 'ann', pass: canary };
const ehlo: Verb = (connection, options) => connection.ehlo(options);
const mail: Verb = (connection, options) => connection.mail(envelope.from, [], options);
const rcpt: Verb = (connection, options) => connection.rcpt(envelope.to[0]!, [], options);

/** A verb, what comes before it, and how many replies it takes. */
interface Case {
  readonly name: string;
  readonly before: readonly Verb[];
  readonly verb: Verb;
  readonly replies: number;
}
const VERBS: readonly Case[] = [
  { name: 'EHLO', before: [], verb: ehlo, replies: 1 },
  { name: 'HELO', before: [], verb: (each, options) => each.helo(options), replies: 1 },
  { name: 'ensureGreeted', before: [], verb: (each, options) => each.ensureGreeted(options), replies: 1 },
  { name: 'STARTTLS', before: [ehlo], verb: (each, options) => each.startTls(options), replies: 1 },
  {
    name: 'AUTH',
    before: [ehlo],
    verb: (each, options) => each.authenticate(login(credentials), options),
    replies: 3,
  },
  {
    name: 'login',
    before: [],
    verb: (each, options) => each.login([login(credentials), login(credentials)], options),
    replies: 4,
  },
  { name: 'MAIL', before: [ehlo], verb: mail, replies: 1 },
  { name: 'RCPT', before: [ehlo, mail], verb: rcpt, replies: 1 },
  {
    name: 'DATA',
    before: [ehlo, mail, rcpt],
    verb: (each, options) => each.data(content, options),
    replies: 2,
  },
  { name: 'RSET', before: [ehlo, mail], verb: (each, options) => each.rset(options), replies: 1 },
  { name: 'NOOP', before: [], verb: (each, options) => each.noop(options), replies: 1 },
  { name: 'HELP', before: [], verb: (each, options) => each.help('', options), replies: 1 },
  { name: 'VRFY', before: [], verb: (each, options) => each.vrfy('bob', options), replies: 1 },
  { name: 'EXPN', before: [], verb: (each, options) => each.expn('staff', options), replies: 1 },
  { name: 'a command', before: [], verb: (each, options) => each.command('XDO', options), replies: 1 },
  {
    name: 'sendRaw',
    before: [],
    verb: (each, options) => each.sendRaw(envelope, content, options),
    replies: 6,
  },
  { name: 'QUIT', before: [ehlo], verb: (each, options) => each.quit(options), replies: 1 },
];

/** When a verb is aborted: when its reply with this number is due, or when the server keeps silent instead. */
interface Moment {
  readonly reply: number;
  readonly silent: boolean;
}

/** What is wrong with a verb that is aborted at one moment. */
async function aborted({ name, before, verb, replies }: Case, { reply, silent }: Moment): Promise<string[]> {
  const abort = new AbortController();
  const wrong: string[] = [];
  const at = 1 + before.length + reply;
  const server = await startFaultyServer({
    ...manual.server,
    ...(silent && { instead: { at, text: '' } }),
    watch: (said, moment) => said === at && moment === 'due' && abort.abort(reason),
  });
  try {
    const connection = await openTo(server, manual);
    for (const each of before) await each(connection);
    const stopped = new Promise<void>(resolve => abort.signal.addEventListener('abort', () => resolve()));
    let error: unknown;
    const ending = verb(connection, { signal: abort.signal }).catch((caught: unknown) => {
      error = caught;
    });
    if (!(await settles(stopped, PATIENCE_MS))) return ['the moment never came'];
    for (let turns = 0; turns < TURNS && error === undefined; turns++) await turn();
    if (error === undefined) return ['goes on after the abort'];
    await ending;
    if (!isOurs(error)) wrong.push(`ended otherwise: ${error}`);
    const { deliveryUnknown = false } = error as SmtpError;
    const final = (name === 'DATA' || name === 'sendRaw') && reply === replies - 1;
    if (deliveryUnknown !== final) wrong.push(`in doubt: ${deliveryUnknown}`);
    if (!silent) {
      // Whatever still comes belongs to what was given up, and to nothing behind it.
      const next = await connection.command('XNEXT').catch(() => undefined);
      if (next !== undefined && next.lines[0] !== 'XNEXT') wrong.push(`took ${next.lines} for its own reply`);
      if (connection.open !== (next !== undefined)) wrong.push('lost a session that goes on');
    }
    await connection.close();
    const committed = final ? 1 : 0;
    if (server.commits.length !== committed) wrong.push(`committed ${server.commits.length} messages`);
    wrong.push(...(await abandoned(server, PATIENCE_MS)));
  } finally {
    await server.stop();
  }
  return wrong;
}

test.each(VERBS)('$name: an abort at each of its replies', async each => {
  const handles = openHandles();
  const cases = Array.from({ length: each.replies }, (_, reply) =>
    [false, true].map(silent => [`${reply}${silent ? ' silent' : ''}`, { reply, silent }] as const),
  ).flat();
  expect(await complaintsOf(cases, moment => aborted(each, moment))).toEqual([]);
  expect(await handlesClosed(handles)).toBe(true);
});

test.each(VERBS)('$name: an abort before its turn leaves no trace', async ({ before, verb }) => {
  const server = await startFaultyServer(manual.server);
  const connection = await openTo(server, manual);
  for (const each of before) await each(connection);
  const heard = server.clear;
  const abort = new AbortController();
  const early = ['XONE', 'XTWO'].map(line => connection.command(line));
  const late = verb(connection, { signal: abort.signal }).catch((error: unknown) => error);
  abort.abort(reason);
  const never = verb(connection, { signal: abort.signal }).catch((error: unknown) => error);
  expect([await late, await never].map(isOurs)).toEqual([true, true]);
  expect((await Promise.all(early)).map(({ lines }) => lines[0])).toEqual(['XONE', 'XTWO']);
  expect(await connection.noop()).toMatchObject({ code: 250, lines: ['NOOP'] });
  expect(server.clear).toBe(`${heard}XONE\r\nXTWO\r\nNOOP\r\n`);
  await connection.close();
  await server.stop();
});

test.each([0, 1])('a password does not leave behind an abort at round %i of the sign-in', async round => {
  const abort = new AbortController();
  const server = await startFaultyServer({
    ...manual.server,
    watch: (reply, moment) => reply === 2 + round && moment === 'due' && abort.abort(reason),
  });
  const connection = await openTo(server, manual);
  await connection.ehlo();
  const signingIn = connection.authenticate(login(credentials), { signal: abort.signal });
  expect(isOurs(await signingIn.catch((error: unknown) => error))).toBe(true);
  expect(await connection.noop()).toMatchObject({ lines: ['NOOP'] });
  expect(server.clear).toMatch(/\r\n\*\r\nNOOP\r\n$/);
  expect(server.clear).not.toContain(btoa(canary));
  await connection.close();
  await server.stop();
});
