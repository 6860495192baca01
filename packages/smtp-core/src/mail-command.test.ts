import { describe, expect, test } from 'vitest';
import { readChunkHeader, readMail, readRcpt } from './mail-command.ts';

const ALL = new Map([
  ['8BITMIME', ''],
  ['AUTH', 'PLAIN'],
  ['BINARYMIME', ''],
  ['DELIVERBY', ''],
  ['DSN', ''],
  ['FUTURERELEASE', '600 2030-01-01T00:00:00Z'],
  ['MT-PRIORITY', ''],
  ['REQUIRETLS', ''],
  ['SIZE', '100'],
  ['SMTPUTF8', ''],
]);
const NONE = new Map<string, string>();

/** Reply code of a refusal, 250 for none. */
const code = (result: object): number => ('code' in result ? (result.code as number) : 250);

describe('parameters of MAIL', () => {
  test.each([
    ['BODY=7BIT', 250],
    ['BODY=8bitmime', 250],
    ['BODY=BINARYMIME', 250],
    ['BODY=9BIT', 501],
    ['BODY', 501],
    ['SIZE=100', 250],
    ['SIZE=101', 552],
    ['SIZE=-1', 501],
    ['SIZE=123456789012345678901', 501],
    ['SMTPUTF8', 250],
    ['SMTPUTF8=yes', 501],
    ['RET=FULL', 250],
    ['RET=hdrs', 250],
    ['RET=NONE', 501],
    ['ENVID=a+2Bb', 250],
    [`ENVID=${'x'.repeat(100)}`, 250],
    [`ENVID=${'x'.repeat(101)}`, 501],
    ['ENVID', 501],
    ['ENVID=a+2b', 501],
    ['AUTH=<>', 250],
    ['AUTH=a+2Bb@x.test', 250],
    ['AUTH=a@x.test>', 501],
    ['AUTH=a', 501],
    ['AUTH=+zz', 501],
    ['AUTH', 501],
    ['REQUIRETLS', 250],
    ['REQUIRETLS=1', 501],
    ['BY=120;R', 250],
    ['BY=-5;NT', 250],
    ['BY=0;R', 501],
    ['BY=-5;R', 501],
    ['BY=120', 501],
    ['BY=1234567890;N', 501],
    ['HOLDFOR=600', 250],
    ['HOLDFOR=601', 501],
    ['HOLDFOR=0', 501],
    ['HOLDUNTIL=2029-12-31T23:59:59Z', 250],
    ['HOLDUNTIL=2029-12-31T23:59:59.5+01:00', 250],
    ['HOLDUNTIL=tomorrow', 501],
    ['HOLDFOR=1 HOLDUNTIL=2029-12-31T23:59:59Z', 501],
    ['MT-PRIORITY=-9', 250],
    ['MT-PRIORITY=9', 250],
    ['MT-PRIORITY=10', 501],
    ['MT-PRIORITY=-0', 501],
    ['NOTIFY=NEVER', 555],
    ['X-OTHER=1', 555],
    ['SIZE=1 SIZE=1', 501],
  ])('%s: %i', (parameters, expected) => {
    expect(code(readMail(`FROM:<a@x.test> ${parameters}`, ALL))).toBe(expected);
    if (expected === 250) expect(code(readMail(`FROM:<a@x.test> ${parameters}`, NONE))).toBe(555);
  });

  test('BODY=BINARYMIME needs its own extension', () => {
    expect(code(readMail('FROM:<> BODY=BINARYMIME', new Map([['8BITMIME', '']])))).toBe(501);
    expect(code(readMail('FROM:<> BODY=7BIT', new Map([['BINARYMIME', '']])))).toBe(250);
  });

  test('SIZE and HOLDFOR have no limit where none is announced', () => {
    const offer = new Map([
      ['SIZE', ''],
      ['FUTURERELEASE', ''],
    ]);
    expect(code(readMail('FROM:<> SIZE=99999999999 HOLDFOR=99999999', offer))).toBe(250);
  });
});

describe('parameters of RCPT', () => {
  test.each([
    ['NOTIFY=NEVER', 250],
    ['NOTIFY=success,DELAY,FAILURE', 250],
    ['NOTIFY=SUCCESS,NEVER', 501],
    ['NOTIFY=', 501],
    ['NOTIFY', 501],
    ['ORCPT=rfc822;b+2Bc@y.test', 250],
    ['ORCPT=utf-8;ö\\x{2B}@y.test', 553],
    ['ORCPT=utf-8;a+b@y.test', 501],
    ['ORCPT=rfc822;', 501],
    ['ORCPT=b@y.test', 501],
    ['ORCPT=;b@y.test', 501],
    ['ORCPT=rfc822;b+2', 501],
    ['SIZE=1', 555],
  ])('%s: %i', (parameters, expected) => {
    expect(code(readRcpt(`TO:<b@y.test> ${parameters}`, ALL, false))).toBe(expected);
    if (expected === 250) expect(code(readRcpt(`TO:<b@y.test> ${parameters}`, NONE, false))).toBe(555);
  });

  test('non-ASCII needs SMTPUTF8 on MAIL', () => {
    expect(code(readRcpt('TO:<b@y.test> ORCPT=utf-8;ö@y.test', ALL, true))).toBe(250);
    expect(readRcpt('TO:<ö@y.test>', ALL, true)).toMatchObject({ address: 'ö@y.test' });
    expect(code(readRcpt('TO:<ö@y.test>', ALL, false))).toBe(553);
  });
});

test.each([
  ['0', { octets: 0, last: false }],
  ['12 last', { octets: 12, last: true }],
  ['', undefined],
  ['x', undefined],
  ['1 LASTLY', undefined],
  ['1  LAST', undefined],
  ['1.5', undefined],
])('BDAT %s', (argument, expected) => {
  expect(readChunkHeader(argument)).toEqual(expected);
});
