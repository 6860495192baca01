import { refuse } from './error.ts';
import type { FieldPair } from './header.ts';

/** How soon the sender hopes a message is read. */
export type Priority = 'high' | 'normal' | 'low';

const levels: readonly Priority[] = ['high', 'normal', 'low'];

/** Fields that tell a priority to the clients in use: Importance and Priority (RFC 2156 §5.3.4, §5.3.6), X-Priority. */
export function priorityFields(priority: Priority | undefined): FieldPair[] {
  if (priority === undefined) return [];
  const level = levels.indexOf(priority);
  if (level < 0) refuse('invalid-option', 'priority', 'Give high, normal or low', priority);
  return [
    ['X-Priority', ['1 (Highest)', '3 (Normal)', '5 (Lowest)'][level]!],
    ['Priority', ['urgent', 'normal', 'non-urgent'][level]!],
    ['Importance', priority],
  ];
}
