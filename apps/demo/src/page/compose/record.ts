import type { TranscriptLine } from '@posthaste/bridge';
import type { Progress } from '@posthaste/mailer';
import type { Line } from '../timeline/trace.ts';

/** Milliseconds between two notices to the page, which draws no faster anyway. */
const NOTICE_INTERVAL_MS = 50;

const DIRECTIONS = { out: 'client', in: 'server', note: 'local' } as const;

/** Writes down a session as it happens, each line with its time; the content is one line that grows. */
export class Recorder {
  readonly #startedAt = performance.now();
  readonly #onLines: (lines: readonly Line[]) => void;
  #lines: Line[] = [];
  /** Index of the line that stands for the content. */
  #content: number | undefined;
  #ending = false;
  #lastReplyAt: number | undefined;
  #pipelining = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onLines: (lines: readonly Line[]) => void) {
    this.#onLines = onLines;
  }

  /** Something that happened between lines, such as the connection. */
  note(text: string): void {
    this.#push({ at: this.#now(), direction: 'local', text });
  }

  /**
   * A line of the dialogue. A command is told of together with its reply, though it left as soon as the reply before it
   * had come; with PIPELINING the recipients left in one write with MAIL.
   */
  line({ direction, text }: TranscriptLine): void {
    const now = this.#now();
    if (direction === 'out') {
      // The end of the content was written down when it left.
      if (text === '.') return;
      if (this.#pipelining && text.startsWith('RCPT')) this.#insert(text);
      else this.#push({ at: this.#lastReplyAt ?? now, direction: 'client', text });
      return;
    }
    if (direction === 'in') {
      this.#lastReplyAt = now;
      this.#pipelining ||= /^250[ -]PIPELINING$/i.test(text);
    }
    this.#push({ at: now, direction: DIRECTIONS[direction], text });
  }

  progress({ phase, sentOctets, totalOctets }: Progress): void {
    const now = this.#now();
    const ending = phase === 'final' && !this.#ending;
    const content = {
      octets: sentOctets,
      until: now,
      ...(totalOctets !== undefined && { total: totalOctets }),
    };
    if (this.#content === undefined) {
      this.#content = this.#lines.length;
      this.#push({ at: this.#lastReplyAt ?? now, direction: 'client', text: '', content });
    } else {
      const line = this.#lines[this.#content]!;
      if (line.content!.octets !== sentOctets)
        this.#lines = this.#lines.with(this.#content, { ...line, content });
      this.#notify();
    }
    if (!ending) return;
    this.#ending = true;
    this.#push({ at: now, direction: 'client', text: '.' });
  }

  /** The session is over without success; where nothing had been said yet, no connection came about. */
  fail(): void {
    if (this.#lines.some(line => line.direction !== 'local')) return;
    this.#push({ at: this.#now(), direction: 'local', text: 'no connection', failed: true });
  }

  /** Tells the page the last state at once. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#onLines(this.#lines);
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }

  /** Puts a command behind the one it left with, before the replies to both. */
  #insert(text: string): void {
    const before = this.#lines.findLastIndex(line => line.direction === 'client');
    const { at } = this.#lines[before]!;
    this.#lines = this.#lines.toSpliced(before + 1, 0, { at, direction: 'client', text });
    this.#notify();
  }

  #push(line: Line): void {
    this.#lines = [...this.#lines, line];
    this.#notify();
  }

  #notify(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onLines(this.#lines);
    }, NOTICE_INTERVAL_MS);
  }
}
