/** An enhanced mail system status code: class, subject and detail (RFC 3463 §2). */
export type EnhancedStatus = `${2 | 4 | 5}.${number}.${number}`;

/**
 * Reads the enhanced status code at the start of a reply's text; its class must be the first digit of the code
 * (RFC 2034 §4).
 *
 * @param code Reply code, 200 to 599.
 * @param text Text of one reply line.
 * @returns The status, or undefined when there is none.
 *
 * @example Tell a full mailbox from other refusals
 * ```ts
 * parseEnhancedStatus(452, '4.2.2 mailbox full'); // '4.2.2'
 * parseEnhancedStatus(550, '4.2.2 mailbox full'); // undefined
 * ```
 */
export function parseEnhancedStatus(code: number, text: string): EnhancedStatus | undefined {
  const status = /^[245]\.\d{1,3}\.\d{1,3}(?![^ ])/.exec(text)?.[0] as EnhancedStatus | undefined;
  return status?.[0] === String(code)[0] ? status : undefined;
}
