import { describe, expect, test } from 'vitest';
import { saslprep } from './saslprep.ts';

test.each([
  ['I\u00adX', 'IX', 'RFC 4013 §3'],
  ['user', 'user', 'RFC 4013 §3'],
  ['USER', 'USER', 'RFC 4013 §3'],
  ['\u00aa', 'a', 'RFC 4013 §3'],
  ['\u2168', 'IX', 'RFC 4013 §3'],
  ['', '', 'nothing'],
  ['a\u00a0b\u3000c', 'a b c', 'table C.1.2'],
  ['a\u200bb\ufe0fc', 'abc', 'table B.1'],
  ['e\u0301', '\u00e9', 'NFKC'],
  ['\u0627\u0031\u0628', '\u0627\u0031\u0628', 'RFC 3454 §6'],
  ['\u05d0', '\u05d0', 'RFC 3454 §6'],
  ['\ufb2a\u0660\ufe8d', '\u05e9\u05c1\u0660\u0627', 'RFC 3454 §6, after NFKC'],
  ['a\u0661', 'a\u0661', 'a digit is no letter of either direction'],
  ['\u{1f600}', '\u{1f600}', 'unassigned in Unicode 3.2'],
])('%j is %j (%s)', (text, prepared) => {
  expect(saslprep(text)).toBe(prepared);
});

describe('refused', () => {
  test.each([
    ['\u0007', 'RFC 4013 §3'],
    ['\u0627\u0031', 'RFC 4013 §3'],
    ['\u0031\u0627', 'RFC 3454 §6'],
    ['\u0627a\u0627', 'RFC 3454 §6'],
    ['a\u0627', 'RFC 3454 §6'],
    ['\u0627\u064e', 'RFC 3454 §6'],
    ['\ufe8da\ufe8d', 'RFC 3454 §6, after NFKC'],
    ['a\n', 'table C.2.1'],
    ['a\x7f', 'table C.2.1'],
    ['\u0085', 'table C.2.2'],
    ['\ue000', 'table C.3'],
    ['\ufffe', 'table C.4'],
    ['\ud800', 'table C.5'],
    ['\ufffd', 'table C.6'],
    ['\u2ff0', 'table C.7'],
    ['\u202e', 'table C.8'],
    ['\u2028', 'table C.2.2'],
    ['\u{e0001}', 'table C.9'],
  ])('%j (%s)', text => {
    expect(() => saslprep(text)).toThrow(TypeError);
  });
});
