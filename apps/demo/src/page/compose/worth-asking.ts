import type { Receipt } from '@posthaste/mailer';

/** Whether the relay may still know what became of a message: it has not said yet that it never will. */
export function worthAsking({ transaction, outcome = 'pending' }: Receipt): boolean {
  return transaction !== undefined && outcome === 'pending';
}
