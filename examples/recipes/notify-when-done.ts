// Runs a command and mails how it went: success or failure, duration, the end of its log, a result file. The exit
// status of the command becomes ours. SMTP_URL, DEFAULT_FROM_EMAIL and ADMINS say how and to whom.
// Run: node notify-when-done.ts [--result FILE] -- COMMAND ARGUMENT …
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { createMailer, fromEnv, type MessageInput } from '@posthaste/mailer';
import { attachFile } from '@posthaste/mailer/attach-file';

const logCharacters = 4000;

/** How a job went. */
export interface Outcome {
  readonly ok: boolean;
  readonly log: string;
  /** Path of a file that the job made. */
  readonly result?: string | undefined;
}

/** Whoever is told, and by what. */
export interface Notice {
  readonly from: string;
  readonly to: readonly string[];
  readonly send: (message: MessageInput) => Promise<unknown>;
}

/** Runs a job and mails how it went. What the job throws is mailed and thrown again. */
export async function notifyWhenDone<T extends Outcome>(
  name: string,
  job: () => Promise<T>,
  { from, to, send }: Notice,
): Promise<T> {
  const startedAt = performance.now();
  const tell = async ({ ok, log, result }: Outcome): Promise<void> => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const notes = [`${name} ${ok ? 'succeeded' : 'failed'} after ${seconds} s.`, log];
    const attachments = [];
    try {
      if (result !== undefined) attachments.push(await attachFile(result));
    } catch (error) {
      notes.push(String(error));
    }
    const subject = `${ok ? 'Done' : 'FAILED'}: ${name}`;
    try {
      await send({
        from,
        to,
        subject,
        text: notes.join('\n\n'),
        attachments,
        autoSubmitted: 'auto-generated',
      });
    } catch (error) {
      // Mail that cannot be sent does not change how the job ended.
      console.error('Look after the mail settings: nobody was told', error);
    }
  };
  const outcome = await job().catch(async (error: unknown) => {
    await tell({ ok: false, log: String(error) });
    throw error;
  });
  await tell(outcome);
  return outcome;
}

/** Runs a command, its output shown and its end remembered; status 128 + n when signal n ended it, as in a shell. */
export function run([program = '', ...args]: readonly string[]): Promise<{ status: number; log: string }> {
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  let log = '';
  const remember = (text: string) => {
    log = (log + text).slice(-logCharacters);
  };
  child.stdout.setEncoding('utf8').on('data', remember).pipe(process.stdout, { end: false });
  child.stderr.setEncoding('utf8').on('data', remember).pipe(process.stderr, { end: false });
  return new Promise(resolve => {
    child.once('error', error => resolve({ status: 127, log: error.message }));
    child.once('close', (code, signal) => resolve({ status: code ?? 128 + constants.signals[signal!], log }));
  });
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { result: { type: 'string' } },
    allowPositionals: true,
  });
  const settings = fromEnv();
  await using mailer = createMailer(settings.mailers.default);
  const job = async () => {
    const { status, log } = await run(positionals);
    return { ok: status === 0, status, log, result: values.result };
  };
  const { status } = await notifyWhenDone(positionals.join(' '), job, {
    from: String(settings.defaultFrom),
    to: (settings.admins ?? []).map(String),
    send: message => mailer.send(message),
  });
  process.exitCode = status;
}
