import { describe, expect, test } from 'vitest';
import vectors from '../vectors/date-time.json' with { type: 'json' };
import { formatDate, parseDate, type TimeZone } from './date-time.ts';

test.each(vectors)('reads $name ($source)', ({ text, iso }) => {
  if (iso === null) expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: 'invalid-date' }));
  else expect(parseDate(text).toISOString()).toBe(iso);
});

const date = new Date('2024-02-29T23:59:09Z');

test.each<[TimeZone | undefined, string]>([
  [undefined, 'Thu, 29 Feb 2024 23:59:09 +0000'],
  [0, 'Thu, 29 Feb 2024 23:59:09 +0000'],
  ['+00:00', 'Thu, 29 Feb 2024 23:59:09 +0000'],
  ['+05:30', 'Fri, 01 Mar 2024 05:29:09 +0530'],
  ['-0330', 'Thu, 29 Feb 2024 20:29:09 -0330'],
  [-30, 'Thu, 29 Feb 2024 23:29:09 -0030'],
  [840, 'Fri, 01 Mar 2024 13:59:09 +1400'],
])('writes in zone %s', (timeZone, text) => {
  expect(formatDate(date, { timeZone })).toBe(text);
  expect(parseDate(text)).toEqual(date);
});

test('writes the local zone, whatever it is', () => {
  expect(parseDate(formatDate(date, { timeZone: 'local' }))).toEqual(date);
});

test('writes every day of four years so that it reads back', () => {
  for (let day = 0; day < 1461; day++) {
    const each = new Date(Date.UTC(2023, 0, 1 + day, day % 24, day % 60, day % 60));
    expect(parseDate(formatDate(each))).toEqual(each);
    expect(formatDate(each).slice(0, 3)).toBe(each.toUTCString().slice(0, 3));
  }
});

test.each(['CET', '+24', '+01:60', 1.5, 6000, Number.NaN])('refuses %s as a zone', timeZone => {
  expect(() => formatDate(date, { timeZone })).toThrow(
    expect.objectContaining({ code: 'invalid-option', field: 'timeZone' }),
  );
});

test('refuses to read what is no string', () => {
  expect(() => parseDate(undefined as unknown as string)).toThrow(
    expect.objectContaining({ name: 'MimeError', code: 'invalid-type', field: 'date' }),
  );
});

test.each([
  new Date(Number.NaN),
  new Date('1899-12-31T23:59:59Z'),
  new Date('+010000-01-01T00:00:00Z'),
  '2024-01-01' as unknown as Date,
  undefined as unknown as Date,
])('refuses %s', given => {
  expect(() => formatDate(given)).toThrow(expect.objectContaining({ code: 'invalid-date' }));
});

describe('parseDate', () => {
  test.each([
    'Sat, 31 Feb 2024 10:00:60 +0000',
    'Wed, 31 Apr 2024 10:00:00 +0000',
    'Thu, 29 Feb 2023 10:00:00 +0000',
    'Mon, 01 Jan 0024 10:00:00 +0000',
    'Mon, 01 Jan 1899 10:00:00 +0000',
  ])('refuses %s', text => {
    expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: 'invalid-date' }));
  });

  test('reads a leap second, at the end of a month too', () => {
    expect(parseDate('Sat, 31 Dec 2016 23:59:60 +0000')).toEqual(new Date('2017-01-01T00:00:00Z'));
    expect(parseDate('Sat, 31 Dec 2016 18:59:60 -0500')).toEqual(new Date('2017-01-01T00:00:00Z'));
  });
});
