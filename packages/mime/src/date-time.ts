import { MimeError, quoteValue } from './error.ts';

/** `'local'`, or an offset such as `'+02:00'`, `'-0330'`, or minutes east of UTC. */
export type TimeZone = 'local' | number | (string & {});

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const minuteMs = 60_000;

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function offsetMinutes(date: Date, zone: TimeZone | undefined): number {
  if (zone === undefined) return 0;
  if (zone === 'local') return -date.getTimezoneOffset();
  let minutes = zone;
  if (typeof zone === 'string') {
    const match = /^([+-])(\d\d):?([0-5]\d)$/.exec(zone);
    minutes = match ? Number(`${match[1]}1`) * (Number(match[2]) * 60 + Number(match[3])) : Number.NaN;
  }
  if (Number.isInteger(minutes) && Math.abs(minutes as number) < 6000) return minutes as number;
  throw new MimeError(
    'invalid-option',
    `Give timeZone as 'local' or an offset such as '+02:00', not ${quoteValue(zone)}`,
    {
      field: 'timeZone',
    },
  );
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
export function formatDate(
  date: Date,
  options: { readonly timeZone?: TimeZone; readonly field?: string } = {},
): string {
  const field = options.field ?? 'date';
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
    throw new MimeError('invalid-date', `Give ${field} as a valid Date, not ${quoteValue(date)}`, { field });
  }
  const minutes = offsetMinutes(date, options.timeZone);
  const shown = minutes === 0 ? date : new Date(date.getTime() + minutes * minuteMs);
  const year = shown.getUTCFullYear();
  if (!(year >= 1900 && year <= 9999)) {
    throw new MimeError('invalid-date', `Choose a year from 1900 to 9999 for ${field}, not ${year}`, {
      field,
    });
  }
  const east = Math.abs(minutes);
  return (
    `${days[shown.getUTCDay()]}, ${two(shown.getUTCDate())} ${months[shown.getUTCMonth()]} ${year} ` +
    `${two(shown.getUTCHours())}:${two(shown.getUTCMinutes())}:${two(shown.getUTCSeconds())} ` +
    `${minutes < 0 ? '-' : '+'}${two(Math.trunc(east / 60))}${two(east % 60)}`
  );
}

const dateTime =
  /^(?:([A-Za-z]{3}), ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{2,4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4}|[A-Za-z]{1,5})$/;
/** Named zones of the obsolete syntax (RFC 5322 §4.3), in hours; every other name means -0000. */
const zoneHours: Readonly<Record<string, number>> = {
  EDT: -4,
  EST: -5,
  CDT: -5,
  CST: -6,
  MDT: -6,
  MST: -7,
  PDT: -7,
  PST: -8,
};

/**
 * Reads a date and time as mail writes it (RFC 5322 §3.3, obsolete forms included).
 *
 * @throws MimeError `invalid-date`
 * @example
 * ```ts
 * import { parseDate } from '@posthaste/mime';
 *
 * parseDate('Fri, 21 Nov 1997 09:55:06 -0600').toISOString(); // '1997-11-21T15:55:06.000Z'
 * ```
 */
export function parseDate(text: string): Date {
  const plain =
    text.length > 1000
      ? ''
      : text
          .replace(/\([^()]*\)/g, ' ')
          .trim()
          .replace(/[ \t\r\n]+/g, ' ');
  const match = dateTime.exec(plain);
  const month = months.findIndex(name => name.toLowerCase() === match?.[3]?.toLowerCase());
  if (match && month >= 0) {
    const [, , day, , yearText, hour, minute, second = '0', zone = ''] = match;
    let year = Number(yearText);
    // RFC 5322 §4.3: two digits 00-49 are 20xx, 50-99 and three digits count from 1900.
    if (yearText?.length === 2) year += year < 50 ? 2000 : 1900;
    else if (yearText?.length === 3) year += 1900;
    const east = /\d/.test(zone)
      ? Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)))
      : (zoneHours[zone.toUpperCase()] ?? 0) * 60;
    const local = new Date(Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second)));
    // A leap second is the first of the next minute; anything else that overflows was never a date.
    const sound = local.getUTCDate() === Number(day) || Number(second) === 60;
    if (sound && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60) {
      return new Date(local.getTime() - east * minuteMs);
    }
  }
  throw new MimeError(
    'invalid-date',
    `Write the date as in 'Fri, 21 Nov 1997 09:55:06 -0600', not ${quoteValue(text)}`,
  );
}
