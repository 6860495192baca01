import type { Action, OpId } from './action.ts';
import type { SmtpClient } from './client.ts';
import type { ErrorKind } from './error.ts';
import type { SmtpEvent } from './event.ts';
import { MAX_AUTH_LINE_OCTETS } from './limit.ts';
import { formatReply, type Reply } from './reply.ts';

/** What can end a session besides a reply. */
export type TranscriptEnd = Extract<ErrorKind, 'disconnected' | 'timeout' | 'io' | 'tls' | 'aborted'>;

/**
 * A session as it went: plain data, fit for JSON. It is made of events alone, and they carry no secret and no
 * content, so there is nothing in it to redact.
 */
export interface Transcript {
  /** Each reply with the command it answered; `''` for the greeting and for what nobody asked for. */
  readonly exchanges: readonly { readonly command: string; readonly reply: Reply }[];
  readonly end?: TranscriptEnd;
}

type AuthAction = Extract<Action, { type: 'auth' }>;

/** What a masked challenge looks like. */
const MASK = '***';
const ENDS: readonly string[] = ['disconnected', 'timeout', 'io', 'tls', 'aborted'] satisfies TranscriptEnd[];

/**
 * Keeps the transcript of a client session.
 *
 * @example Record a session
 * ```ts
 * const recorder = new TranscriptRecorder();
 * if (action.type === 'event') recorder.record(action.event);
 * console.log(formatTranscript(recorder.transcript));
 * ```
 */
export class TranscriptRecorder {
  readonly #exchanges: { command: string; reply: Reply }[] = [];
  #end: TranscriptEnd | undefined;

  /** What was recorded so far. */
  get transcript(): Transcript {
    return { exchanges: [...this.#exchanges], ...(this.#end && { end: this.#end }) };
  }

  /** Takes an event as `poll()` gave it. */
  record(event: SmtpEvent): void {
    if (event.type === 'reply') this.#exchanges.push({ command: event.redacted, reply: event.reply });
    if (event.type !== 'done' || event.ok || this.#end !== undefined) return;
    const { kind, reply } = event.error;
    // A refusal of STARTTLS is a reply, and in the exchanges already.
    if (reply === undefined && ENDS.includes(kind)) this.#end = kind as TranscriptEnd;
  }
}

/**
 * Writes a transcript as lines, `C:` for the client and `S:` for the server.
 *
 * @param transcript What was recorded.
 */
export function formatTranscript({ exchanges, end }: Transcript): string {
  const lines = exchanges.flatMap(({ command, reply }) => [
    ...(command === '' ? [] : [`C: ${command}`]),
    ...formatReply({ code: reply.code, lines: reply.lines })
      .split('\r\n', reply.lines.length)
      .map(line => `S: ${line}`),
  ]);
  return [...lines, ...(end === undefined ? [] : [`-- ${end}`])].join('\n');
}

/**
 * Lets a client live through a recorded session again; the transcript that comes back equals the recorded one as
 * long as the machine decides as it did. A source that fails in the middle of BDAT leaves no trace and is not lived
 * through.
 *
 * @param transcript What was recorded.
 * @param smtp A fresh client with the options and the work of that session. Its mechanisms are not asked: stand-ins
 *   with the right names will do.
 * @param content Octets of each message; only the sizes in BDAT commands depend on them.
 *
 * @example Turn a session into a regression test
 * ```ts
 * const smtp = new SmtpClient({ clientName: 'c.test', tls: 'none' });
 * smtp.send({ from: 'a@x.test', to: ['b@y.test'] });
 * expect(replay(transcript, smtp)).toEqual(transcript);
 * ```
 */
export function replay(
  { exchanges, end }: Transcript,
  smtp: SmtpClient,
  content: ReadonlyMap<OpId, readonly Uint8Array[]> = new Map(),
): Transcript {
  const recorder = new TranscriptRecorder();
  const replies = exchanges.map(({ reply }) => reply);
  const sources = new Map([...content].map(([op, chunks]) => [op, [...chunks]]));
  for (;;) {
    const action = smtp.poll();
    // What the driver did instead of answering comes when the server has nothing left to say.
    const over = replies.length === 0 && end !== undefined;
    if (action.type === 'event') recorder.record(action.event);
    else if (action.type === 'close') return recorder.transcript;
    else if (action.type === 'starttls' && !(over && end === 'tls')) smtp.tlsStarted();
    else if (action.type === 'starttls') smtp.tlsFailed();
    else if (action.type === 'auth')
      authenticate(smtp, action, exchanges[exchanges.length - replies.length]?.command);
    else if (action.type === 'body' && over && end === 'aborted') smtp.bodyAbort();
    else if (action.type === 'body') smtp.body(sources.get(action.op)?.shift() ?? null);
    else if (action.type !== 'write' && !answer(smtp, replies.shift(), end)) return recorder.transcript;
  }
}

/** Answers for the mechanism so that the command that was recorded comes next. */
function authenticate(smtp: SmtpClient, { mechanism, challenge }: AuthAction, command = ''): void {
  const held = challenge === null && command === `AUTH ${mechanism.name}`;
  if (command === '*') smtp.authAbort();
  else smtp.authRespond(new Uint8Array(held ? MAX_AUTH_LINE_OCTETS : 1));
}

/** Feeds the next reply, or what ended the session; false when there is neither. */
function answer(smtp: SmtpClient, reply: Reply | undefined, end: TranscriptEnd | undefined): boolean {
  if (reply !== undefined) {
    const lines = reply.code === 334 && reply.lines[0] === MASK ? [''] : reply.lines;
    smtp.receive(new TextEncoder().encode(formatReply({ code: reply.code, lines })));
  } else if (end === 'disconnected') smtp.receive(null);
  else if (end === 'timeout') smtp.timeout();
  else if (end === 'io') smtp.fail();
  else return false;
  return true;
}
