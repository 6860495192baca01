import { type CommandResult, type SaslMechanism, SmtpError } from '@posthaste/smtp-core';
import { abortable } from '../abortable.ts';
import type { Connection } from '../connection.ts';
import type { Timeouts } from '../connection-options.ts';
import { openConnection } from '../open-connection.ts';
import type { TlsInfo } from '../socket.ts';
import type { BrowserLeg } from './browser-leg.ts';
import type { Dialled } from './dial.ts';
import { RelayError, type RelayPhase } from './fault.ts';
import type { RelayLimits } from './limit.ts';
import type { RelayTarget } from './target.ts';
import { WatchedSocket } from './watched-socket.ts';

/** A session with a mail server that is ready for mail: greeted, encrypted and signed in as its target asks. */
export interface Upstream {
  readonly connection: Connection;
  /** What TLS agreed on; undefined without TLS. */
  readonly tls: TlsInfo | undefined;
}

/** What stands for "another mechanism may do" as the answer to AUTH (RFC 4954 §6). */
const nextMechanismCodes: readonly number[] = [500, 501, 502, 504, 534, 538];

/**
 * Brings a connection to a mail server to where mail can be sent.
 *
 * @param name What to call this machine in EHLO. Default: whatever the runtime knows.
 * @throws {RelayError} `E_UPSTREAM` or `E_UPSTREAM_TLS`.
 */
export async function openUpstream(
  target: RelayTarget,
  { socket, info }: Dialled,
  leg: BrowserLeg,
  { limits, name }: { readonly limits: RelayLimits; readonly name: string | undefined },
): Promise<Upstream> {
  let tls = info.tls;
  const learn = (learnt: TlsInfo | undefined) => {
    tls = learnt;
  };
  const step = async <T>(phase: RelayPhase, work: () => Promise<T>): Promise<T> => {
    leg.phase = phase;
    const cancel = leg.deadline(limits.tlsMs);
    try {
      return await abortable(work(), leg.signal);
    } catch (cause) {
      throw new RelayError(phase === 'tls' ? 'E_UPSTREAM_TLS' : 'E_UPSTREAM', phase, { cause });
    } finally {
      cancel();
    }
  };
  const connection = await step('connect', () =>
    openConnection({
      hostname: target.host,
      port: target.port,
      tls: target.tls,
      manual: true,
      connect: () => (target.tls === 'starttls' ? new WatchedSocket(socket, learn) : socket),
      signal: leg.signal,
      timeouts: timeoutsOf(limits),
      ...(name === undefined ? {} : { clientName: name }),
    }),
  );
  try {
    await step('connect', () => greet(connection));
    if (target.tls === 'starttls') {
      await step('tls', async () => expectOk(await connection.startTls()));
      await step('connect', () => greet(connection));
    }
    if (target.auth !== undefined) await step('auth', () => signIn(connection, target.auth!()));
  } catch (error) {
    connection.close();
    throw error;
  }
  return { connection, tls: tls ?? (connection.secure ? {} : undefined) };
}

/** A mail server gets no more time when nobody is left who would lose patience. */
function timeoutsOf({ idleMs, finalMs }: RelayLimits): Timeouts {
  return { mail: idleMs, rcpt: idleMs, data: idleMs, body: idleMs, final: finalMs, rset: idleMs };
}

async function greet(connection: Connection): Promise<void> {
  expectOk(await connection.ehlo());
}

/** Tries the mechanisms in the target's order, as long as what stands against one may not stand against the next. */
async function signIn(connection: Connection, mechanisms: readonly SaslMechanism[]): Promise<void> {
  let failure: unknown;
  for (const mechanism of mechanisms) {
    try {
      await connection.authenticate(mechanism);
      return;
    } catch (error) {
      failure ??= error;
      if (!mayTryNext(error)) throw error;
    }
  }
  throw failure;
}

function mayTryNext(error: unknown): boolean {
  if (!(error instanceof SmtpError)) return false;
  const unusable = error.reason === 'auth-unavailable' || error.reason === 'cleartext-refused';
  return unusable || (error.code !== undefined && nextMechanismCodes.includes(error.code));
}

function expectOk({ code }: CommandResult): void {
  if (code >= 300) throw new Error(`The mail server answered ${code}`);
}
