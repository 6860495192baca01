import { type SpawnOptions, spawn } from 'node:child_process';

/** How long a program may take to end once it was asked to, in milliseconds. */
const FAREWELL_MS = 30_000;

/** Where a program runs. */
type Surroundings = Pick<SpawnOptions, 'cwd' | 'env' | 'stdio'>;

/** How long a server may take to start, on a machine with much else to do, in milliseconds. */
const STARTING_MS = 100_000;

/** A program that runs beside the tests. */
export interface BackgroundProgram {
  /** Settles once it has ended and all that it printed has been read: how it ended. */
  readonly ended: Promise<string>;
  /** Everything it has printed so far, where its output is a pipe. */
  output(): string;
  /** Ends it; settles at once where it has ended, or never began. */
  stop(): Promise<void>;
}

/** Starts a program; that it cannot be started is a way to end, too. */
function startProgram(
  program: string,
  args: readonly string[],
  options: Surroundings = {},
): BackgroundProgram {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const failed = new Promise<string>(resolve => {
    child.once('error', error => resolve(`could not be started: ${error.message}`));
  });
  const exited = new Promise(resolve => {
    child.once('exit', resolve);
  });
  const closed = new Promise<string>(resolve => {
    child.once('close', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  return {
    ended: Promise.race([failed, closed]),
    output: () => text,
    async stop() {
      child.kill();
      const timer = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
      // Not until it is closed: what it started may keep its output open.
      await Promise.race([failed, exited]);
      clearTimeout(timer);
    },
  };
}

/** Waits until a program is ready, or the signal says that it never will be. */
type Ready = (signal: AbortSignal, output: () => string) => Promise<unknown>;

/** Starts a server program and waits until it is ready; when it fails, nothing is left running. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  ready: Ready,
  options: Surroundings = {},
): Promise<BackgroundProgram> {
  const daemon = startProgram(program, args, options);
  const settled = new AbortController();
  const { signal } = settled;
  const late = setTimeout(() => {
    settled.abort(new Error(`${program} did not answer in ${STARTING_MS} ms:\n${daemon.output()}`));
  }, STARTING_MS);
  try {
    await Promise.race([
      ready(signal, daemon.output).catch(error => {
        throw signal.aborted ? signal.reason : error;
      }),
      daemon.ended.then(how => {
        throw new Error(`${program} ${how} before it answered:\n${daemon.output()}`);
      }),
    ]);
    return daemon;
  } catch (error) {
    await daemon.stop();
    throw error;
  } finally {
    clearTimeout(late);
    settled.abort();
  }
}
