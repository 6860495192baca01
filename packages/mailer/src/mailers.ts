import { createMailer, type MailerTarget } from './create-mailer.ts';
import { MailerError } from './error.ts';
import type { Mailer } from './mailer.ts';
import type { MailerOptions } from './options.ts';
import { quoted } from './quoted.ts';

/** What every mailer of a `Mail` has in common. */
type Defaults = Pick<MailerOptions, 'compose' | 'dkim'>;

/** Mailers by alias: Django's `mailers`. */
export class Mailers {
  readonly #targets: Readonly<Record<string, MailerTarget>>;
  readonly #defaults: Defaults;
  readonly #made: Map<string, Mailer> = new Map();

  /** @throws MailerError `invalid-option` unless it is given an object of aliases */
  constructor(targets: Readonly<Record<string, MailerTarget>>, defaults: Defaults = {}) {
    if (typeof targets !== 'object' || targets === null) {
      throw new MailerError('invalid-option', `Set mailers to an object of aliases, not ${quoted(targets)}`);
    }
    this.#targets = targets;
    this.#defaults = defaults;
  }

  /** The aliases. */
  get aliases(): readonly string[] {
    return Object.keys(this.#targets);
  }

  /**
   * The mailer with that alias, made at the first call.
   *
   * @throws MailerError `unknown-mailer` with the known aliases, or what `createMailer` throws
   */
  get(alias = 'default'): Mailer {
    const made = this.#made.get(alias);
    if (made) return made;
    const mailer = this.make(this.target(alias));
    this.#made.set(alias, mailer);
    return mailer;
  }

  /** A mailer for a target that has no alias, or for one with other credentials. */
  make(target: MailerTarget, options: Pick<MailerOptions, 'auth'> = {}): Mailer {
    return createMailer(target, { ...this.#defaults, ...options });
  }

  /**
   * What `mailers` has under that alias.
   *
   * @throws MailerError `unknown-mailer`
   */
  target(alias: string): MailerTarget {
    if (Object.hasOwn(this.#targets, alias)) return this.#targets[alias]!;
    const known = this.aliases.map(alias => quoted(alias)).join(', ') || 'none';
    throw new MailerError('unknown-mailer', `Add ${quoted(alias)} to mailers; it has ${known}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.values()].map(mailer => mailer.close()));
    this.#made.clear();
  }
}
