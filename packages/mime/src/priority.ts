/** How soon the sender hopes a message is read. */
export type Priority = 'high' | 'normal' | 'low';

const fields: Readonly<Record<Priority, readonly [xPriority: string, priority: string]>> = {
  high: ['1 (Highest)', 'urgent'],
  normal: ['3 (Normal)', 'normal'],
  low: ['5 (Lowest)', 'non-urgent'],
};

/** Fields that tell a priority to the clients in use: Importance and Priority (RFC 2156 §5.3.4, §5.3.6), X-Priority. */
export function priorityFields(priority: Priority): [name: string, value: string][] {
  const [xPriority, mixerPriority] = Object.hasOwn(fields, priority) ? fields[priority] : fields.normal;
  return [
    ['X-Priority', xPriority],
    ['Priority', mixerPriority],
    ['Importance', priority],
  ];
}
