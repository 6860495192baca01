import type { Mailer } from '@posthaste/mailer';

/** What a runtime can do. Every case runs everywhere; where a capability makes a difference, the case says which. */
export type Capability =
  /** Opens connections to mail servers itself, speaks TLS with them and signs in; else a relay does. */
  | 'sockets'
  /** The program chooses whom to trust; elsewhere the runtime's own trust decides. */
  | 'trust';

/** Which door of the post office to use. */
export type Door = 'plain' | 'starttls' | 'implicit';

/** What the post office committed: the ground truth that receipts are held against. */
export interface Delivered {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly content: string;
}

/** One runtime, ready to be tested. */
export interface Subject {
  readonly capabilities: ReadonlySet<Capability>;
  /** A mailer that reaches the post office the way this runtime does: over TCP, or through the relay. */
  mailer(door: Door, options?: { readonly auth?: { user: string; pass: string } }): Mailer;
  /** Messages committed for a recipient. */
  delivered(recipient: string): Promise<Delivered[]>;
}

export interface Case {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

/** An address nobody has used before, so that cases can run side by side. */
export function newAddress(localPart: string): string {
  return `${localPart}+${crypto.randomUUID()}@example.net`;
}

/** Fails a case with what was expected and what came. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [got, want] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== want) throw new Error(`${what}: expected ${want}, got ${got}`);
}

/** What a promise was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
}
