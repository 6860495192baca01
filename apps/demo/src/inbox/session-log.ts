import type { TranscriptLine } from '@posthaste/bridge';
import type { SessionLine } from './message-store.ts';

const DIRECTIONS = { in: 'client', out: 'server', note: 'local' } as const;

/** Lines kept of one transaction; a client that says more than this is not worth remembering. */
const MOST_LINES = 500;

/** The lines of one SMTP session with their times: how it began, and the transaction at hand. */
export class SessionLog {
  readonly #startedAt = performance.now();
  #opening: SessionLine[] = [];
  #transaction: SessionLine[] = [];
  #begun = false;
  #secure = false;
  #contentSince: number | undefined;

  constructor(remoteAddress: string | undefined) {
    this.#push({
      at: 0,
      direction: 'local',
      text: remoteAddress === undefined ? 'connection from the relay' : `connection from ${remoteAddress}`,
      phase: 'Connect',
    });
  }

  line({ direction, text }: TranscriptLine, secure: boolean): void {
    const at = this.#now();
    if (secure && !this.#secure) {
      this.#secure = true;
      this.#push({ at, direction: 'local', text: 'TLS', phase: 'TLS' });
    }
    if (direction === 'in' && /^MAIL /i.test(text)) {
      this.#begun = true;
      this.#transaction = [];
    }
    this.#push({ at, direction: DIRECTIONS[direction], text });
    if (direction === 'out' && text.startsWith('354')) this.#contentSince = at;
  }

  /** The content is complete. */
  content(octets: number): void {
    const until = this.#now();
    const at = this.#contentSince ?? until;
    this.#contentSince = undefined;
    this.#push({ at, direction: 'client', text: '', content: { octets, until } });
    this.#push({ at: until, direction: 'client', text: '.' });
  }

  /** How the session began, and the transaction at hand. */
  lines(): readonly SessionLine[] {
    return [...this.#opening, ...this.#transaction];
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }

  #push(line: SessionLine): void {
    const lines = this.#begun ? this.#transaction : this.#opening;
    if (lines.length < MOST_LINES) lines.push(line);
  }
}
