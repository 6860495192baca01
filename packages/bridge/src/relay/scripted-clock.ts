import type { Clock } from './clock.ts';

/** A clock that a test moves on. */
export class ScriptedClock implements Clock {
  #now = 1_800_000_000_000;
  #timers: { readonly at: number; readonly expired: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  timer(ms: number, expired: () => void): () => void {
    const timer = { at: this.#now + ms, expired };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#timers.length;
  }

  /** Moves on, firing what is due in order, and lets everything that follows from it happen. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter(other => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.expired();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets promises and short tasks run that are ready to. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setTimeout(resolve, 0));
}
