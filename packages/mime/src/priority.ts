import { refuse } from './error.ts';
import type { FieldPair } from './header.ts';

/** How soon the sender hopes a message is read. */
export type Priority = 'high' | 'normal' | 'low';

const levels: readonly (readonly [Priority, xPriority: string, priority: string])[] = [
  ['high', '1 (Highest)', 'urgent'],
  ['normal', '3 (Normal)', 'normal'],
  ['low', '5 (Lowest)', 'non-urgent'],
];

/** Fields that tell a priority to the clients in use: Importance and Priority (RFC 2156 §5.3.4, §5.3.6), X-Priority. */
export function priorityFields(priority: Priority | undefined): FieldPair[] {
  if (priority === undefined) return [];
  const [importance, xPriority, mixer] =
    levels.find(([name]) => name === priority) ??
    refuse('invalid-option', 'priority', 'Give high, normal or low', priority);
  return [
    ['X-Priority', xPriority],
    ['Priority', mixer],
    ['Importance', importance],
  ];
}
