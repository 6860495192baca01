import { createMailer, type MailerOptions, type MessageInput } from '@posthaste/mailer';
import type { Line } from '../timeline/trace.ts';
import type { Stage } from './dispatch.tsx';
import type { Draft } from './draft.ts';
import { needsSmtputf8, readAddresses } from './draft-problem.ts';
import { explainError, explainReceipt } from './explain.ts';
import type { Outcome } from './outcome.tsx';
import { Recorder } from './record.ts';
import { fetchToken } from './token.ts';
import { checkFiles } from './unreadable-file.ts';

interface Sending {
  readonly relayUrl: string;
  /** The mail server behind the relay, for people. */
  readonly upstream: string;
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
  readonly onLines: (lines: readonly Line[]) => void;
}

/** Sends a draft through the relay; it never throws, and its outcome never says more than the server did. */
export async function send(draft: Draft, sending: Sending): Promise<{ outcome: Outcome; error?: unknown }> {
  const recorder = new Recorder(sending.onLines);
  let clock: ReturnType<typeof setInterval> | undefined;
  try {
    await checkFiles(draft.files);
    recorder.note(`opening ${sending.relayUrl}`);
    sending.onStage({ name: 'connecting', sentOctets: 0, waitedMs: 0 });
    const options: MailerOptions = {
      relay: { url: sending.relayUrl, token: signal => fetchToken(draft.from, signal) },
      onTranscript: line => recorder.line(line),
      retry: false,
    };
    await using mailer = createMailer(options);
    const receipt = await mailer.send(messageOf(draft), {
      signal: sending.signal,
      onProgress: progress => {
        const { sentOctets, totalOctets } = progress;
        const stage = { sentOctets, ...(totalOctets !== undefined && { totalOctets }) };
        recorder.progress(progress);
        if (progress.phase === 'body') sending.onStage({ ...stage, name: 'sending', waitedMs: 0 });
        else if (clock === undefined) {
          const since = performance.now();
          const tick = () =>
            sending.onStage({ ...stage, name: 'waiting', waitedMs: performance.now() - since });
          clock = setInterval(tick, 1000);
          tick();
        }
      },
    });
    return { outcome: explainReceipt(receipt) };
  } catch (error) {
    recorder.fail();
    return {
      outcome: explainError(error, { cancelled: sending.signal.aborted, upstream: sending.upstream }),
      error,
    };
  } finally {
    clearInterval(clock);
    recorder.finish();
  }
}

function messageOf(draft: Draft): MessageInput {
  return {
    from: readAddresses(draft.from),
    to: readAddresses(draft.to),
    ...(draft.cc.trim() !== '' && { cc: readAddresses(draft.cc) }),
    subject: draft.subject,
    text: draft.text,
    ...(needsSmtputf8(draft) && { smtputf8: true }),
    attachments: draft.files.map(file => ({
      filename: file.name,
      content: file,
      ...(file.type !== '' && { contentType: file.type }),
    })),
  };
}
