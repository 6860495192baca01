import { describe, expect, test } from 'vitest';
import { CONTENT_DIALOGUES } from '../vectors/content-dialogues.ts';
import { play, type Segmentation } from '../vectors/play-server.ts';
import { SESSION_DIALOGUES } from '../vectors/server-dialogues.ts';

const whole: Segmentation = octets => [octets];
const single: Segmentation = octets => Array.from(octets, octet => Uint8Array.of(octet));
const splitAt =
  (at: number): Segmentation =>
  octets => [octets.slice(0, at), octets.slice(at)];

describe.each([...SESSION_DIALOGUES, ...CONTENT_DIALOGUES])('$title ($source)', dialogue => {
  const expected = dialogue.turns.map(([, codes]) => codes);

  function check(cut: Segmentation, pollBetween: boolean): void {
    const { codes, events } = play(dialogue, cut, pollBetween);
    expect(codes).toEqual(expected);
    if (dialogue.events !== undefined) expect(events).toEqual(dialogue.events);
  }

  test('whole', () => check(whole, false));
  test('octet by octet', () => check(single, false));
  test('octet by octet, obeyed in between', () => check(single, true));
  test('at every two-way split', () => {
    const longest = Math.max(...dialogue.turns.map(([client]) => client?.length ?? 0));
    for (let at = 1; at < Math.min(longest, 300); at++) check(splitAt(at), at % 2 === 0);
  });
});
