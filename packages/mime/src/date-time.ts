import { refuse } from './error.ts';

/** `'local'`, or an offset such as `'+02:00'`, `'-0330'`, or minutes east of UTC. */
export type TimeZone = 'local' | number | (string & {});

const minuteMs = 60_000;

function offsetMinutes(date: Date, zone: TimeZone | undefined): number {
  if (zone === undefined) return 0;
  if (zone === 'local') return -date.getTimezoneOffset();
  const match = typeof zone === 'string' ? /^([+-])(\d\d):?([0-5]\d)$/.exec(zone) : undefined;
  const minutes = match ? Number(`${match[1]}1`) * (Number(match[2]) * 60 + Number(match[3])) : zone;
  if (Number.isInteger(minutes) && Math.abs(Number(minutes)) < 6000) return Number(minutes);
  return refuse('invalid-option', 'timeZone', "Give 'local' or an offset such as '+02:00'", zone);
}

/**
 * Writes a date and time as mail does (RFC 5322 §3.3), in `+0000` unless a zone is named.
 *
 * @throws MimeError `invalid-date` for an invalid Date or a year outside 1900 to 9999.
 * @example A date in a given zone
 * ```ts
 * import { formatDate } from '@posthaste/mime';
 *
 * formatDate(new Date('2024-03-15T10:20:30Z'), { timeZone: '+01:00' }); // 'Fri, 15 Mar 2024 11:20:30 +0100'
 * ```
 */
export function formatDate(date: Date, options: { readonly timeZone?: TimeZone | undefined } = {}): string {
  const given = new Date(date instanceof Date ? date.getTime() : Number.NaN);
  const minutes = offsetMinutes(given, options.timeZone);
  const shown = minutes === 0 ? given : new Date(given.getTime() + minutes * minuteMs);
  const year = shown.getUTCFullYear();
  if (!(year >= 1900 && year <= 9999))
    refuse('invalid-date', 'date', 'Give a valid Date from 1900 to 9999', date);
  const east = Math.abs(minutes);
  const zone = `${Math.trunc(east / 60) * 100 + (east % 60)}`.padStart(4, '0');
  // ECMAScript fixes the form, 'Fri, 15 Mar 2024 10:20:30 GMT', whatever the locale.
  return shown.toUTCString().slice(0, -3) + (minutes < 0 ? '-' : '+') + zone;
}

const dateTime =
  /^(?:([A-Za-z]{3}), ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{2,3}|(?!0|1[0-8])\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4}|[A-Za-z]{1,5})$/;
/** Three letters each. */
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** Named zones of the obsolete syntax (RFC 5322 §4.3) and their hours; every other name means -0000. */
const zoneHours = 'EDT-4 EST-5 CDT-5 CST-6 MDT-6 MST-7 PDT-7 PST-8';

/**
 * Reads a date and time as mail writes it (RFC 5322 §3.3, obsolete forms included).
 *
 * @throws MimeError `invalid-date`, or `invalid-type` for what is no string
 * @example
 * ```ts
 * import { parseDate } from '@posthaste/mime';
 *
 * parseDate('Fri, 21 Nov 1997 09:55:06 -0600').toISOString(); // '1997-11-21T15:55:06.000Z'
 * ```
 */
export function parseDate(text: string): Date {
  if (typeof text !== 'string') return refuse('invalid-type', 'date', 'Give a string', text);
  const plain = text
    .slice(0, 1000)
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .replace(/\s+/g, ' ');
  const [, , day, monthName = '-', yearText = '', hour, minute, second = '0', zone = ''] =
    dateTime.exec(plain) ?? [];
  const month = months.toLowerCase().indexOf(monthName.toLowerCase()) / 3;
  // RFC 5322 §4.3: two digits 00-49 are 20xx, 50-99 and three digits count from 1900.
  const century = yearText.length > 3 ? 0 : yearText.length === 2 && Number(yearText) < 50 ? 2000 : 1900;
  const time = Date.UTC(
    Number(yearText) + century,
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const local = new Date(time);
  const overflows =
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 60 ||
    new Date(Date.UTC(local.getUTCFullYear(), month, Number(day))).getUTCDate() !== Number(day);
  if (!Number.isInteger(month) || month < 0 || Number.isNaN(time) || overflows) {
    return refuse('invalid-date', 'date', "Write a date as 'Fri, 21 Nov 1997 09:55:06 -0600'", text);
  }
  return new Date(time - zoneMinutes(zone) * minuteMs);
}

function zoneMinutes(zone: string): number {
  if (/\d/.test(zone)) return Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
  const at = zone.length === 3 ? zoneHours.indexOf(zone.toUpperCase()) : -1;
  return at < 0 ? 0 : Number(zoneHours.slice(at + 3, at + 5)) * 60;
}
