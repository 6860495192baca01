import { describe, expect, it } from 'vitest';
import { checkOrigins, isOriginAllowed } from './origin.ts';
import { isSenderAllowed } from './sender.ts';

const allowed = ['https://app.example.com', 'http://127.0.0.1:8787'];

describe('origins', () => {
  it.each(allowed)('lets %s in', origin => {
    expect(isOriginAllowed(origin, allowed, false)).toBe(true);
  });

  it.each([
    'null',
    '',
    '*',
    'https://app.example.com.evil.test',
    'https://evil.test',
    'https://app.example.com:444',
    'http://app.example.com',
    'https://APP.example.com',
    'https://app.example.com/',
    'https://sub.app.example.com',
    'https://app.example.comx',
    'http://127.0.0.1',
  ])('refuses %j, whoever may come without one', origin => {
    expect(isOriginAllowed(origin, allowed, false)).toBe(false);
    expect(isOriginAllowed(origin, [...allowed, 'null'], true)).toBe(false);
  });

  it('lets programs without an origin in only where the operator says so', () => {
    expect(isOriginAllowed(undefined, allowed, false)).toBe(false);
    expect(isOriginAllowed(undefined, allowed, true)).toBe(true);
  });

  it.each([
    '*',
    'null',
    'https://*.example.com',
    'https://app.example.com/',
    'app.example.com',
    'HTTPS://app.example.com',
    '',
  ])('refuses %j as a configuration', origin => expect(() => checkOrigins([origin])).toThrow(TypeError));
});

describe('senders', () => {
  it.each([
    ['ann@example.com', ['ann@example.com']],
    ['ann@EXAMPLE.com', ['ann@example.COM']],
    ['anyone@example.com', ['@example.com']],
    ['"odd@local"@example.com', ['@example.com']],
    ['', ['']],
  ])('%j may send with %j', (from, list) => {
    expect(isSenderAllowed(from, list)).toBe(true);
  });

  it.each([
    ['bob@example.com', ['ann@example.com']],
    ['Ann@example.com', ['ann@example.com']],
    ['ann@sub.example.com', ['@example.com']],
    ['ann@badmail.test', ['@mail.test']],
    ['ann@example.com.evil.test', ['@example.com']],
    ['"ann@example.com"@evil.test', ['@example.com', 'ann@example.com']],
    ['@example.com', ['@example.com']],
    ['', ['@example.com', 'ann@example.com']],
    ['ann@example.com', []],
    ['ann', ['@']],
    ['', ['@']],
  ])('%j may not with %j', (from, list) => {
    expect(isSenderAllowed(from, list)).toBe(false);
  });
});
