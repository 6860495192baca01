import type { ComposeOptions } from '@posthaste/mime';
import { createMailer, type MailerTarget } from './create-mailer.ts';
import { MailerError } from './error.ts';
import type { Mailer } from './mailer.ts';
import { quoted } from './quoted.ts';

/** Mailers by alias: Django's `mailers`. */
export class Mailers {
  readonly #targets: Readonly<Record<string, MailerTarget>>;
  readonly #compose: ComposeOptions | undefined;
  readonly #made: Map<string, Mailer> = new Map();

  /** @throws MailerError `invalid-option` unless it is given an object of aliases */
  constructor(targets: Readonly<Record<string, MailerTarget>>, compose?: ComposeOptions) {
    if (typeof targets !== 'object' || targets === null) {
      throw new MailerError('invalid-option', `Set mailers to an object of aliases, not ${quoted(targets)}`);
    }
    this.#targets = targets;
    this.#compose = compose;
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
    const mailer = createMailer(this.target(alias), this.#compose && { compose: this.#compose });
    this.#made.set(alias, mailer);
    return mailer;
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
