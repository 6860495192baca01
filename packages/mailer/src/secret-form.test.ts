import { expect, test } from 'vitest';
import { Secrets } from './secrets.ts';

function masked(text: string, ...given: string[]): string {
  const secrets = new Secrets();
  for (const secret of given) secrets.add(secret);
  return secrets.masked(text);
}

test.each([
  ['as it stands', 'pass:w/rd+!?é', 'say pass:w/rd+!?é.', 'say ***.'],
  ['within a word', 's3cr3tPW', 'xs3cr3tPWx', 'x***x'],
  ['in base64', 's3cr3tPW!', `(${btoa('s3cr3tPW!')})`, '(***)'],
  ['in base64 with padding', 's3cr3tPW', 'is czNjcjN0UFc=', 'is ***'],
  ['in base64 without padding', 's3cr3tPW', 'is czNjcjN0UFc', 'is ***'],
  ['in base64 as UTF-8', 'pässwörd', 'is cMOkc3N3w7ZyZA==', 'is ***'],
  ['percent-encoded', 's3cr3t/PW é', '?p=s3cr3t%2FPW%20%C3%A9&q', '?p=***&q'],
  ['percent-encoded in lower case', 's3cr3t/PW é', '?p=s3cr3t%2fPW%20%c3%a9&q', '?p=***&q'],
  ['percent-encoded by JavaScript', 'it’s(PW)!*', encodeURIComponent('it’s(PW)!*'), '***'],
  ['with half a character', 'half\ud83d-secret', 'say half\ud83d-secret', 'say ***'],
  ['more than once', 's3cr3tPW', 's3cr3tPWs3cr3tPW', '******'],
])('a long secret is masked %s', (_, secret, text, expected) => {
  expect(masked(text, secret)).toBe(expected);
});

test('a token of any length is taken', () => {
  const token = 'ya29.(+)'.repeat(50_000);
  expect(masked(`for ${token}`, token)).toBe('for ***');
});

test.each([
  ['red', '(red) red:red', '(***) ***:***'],
  ['red', 'red@example.net bob@red a.red red. red-hot red_1 redo 3red', ''],
  ['red', 'rede\u0301 \u{1d400}red red\u{1d7d8} éred', ''],
  ['pw', 'cHc= %70%77', ''],
])('the short secret %s in %j', (secret, text, expected) => {
  expect(masked(text, secret)).toBe(expected || text);
});

test.each([
  [['old-token-1234', 'old-token-1234.NEWSECRET']],
  [['old-token-1234.NEWSECRET', 'old-token-1234']],
  [['old-token-1234', '1234.NEWSECRET']],
  [['1234.NEWSECRET', 'old-token-1234']],
])('nothing is left of secrets that overlap: %j', secrets => {
  expect(masked('is old-token-1234.NEWSECRET here', ...secrets)).toBe('is *** here');
});
