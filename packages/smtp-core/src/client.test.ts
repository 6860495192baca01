import { expect, test } from 'vitest';
import { handshakeOf, octetwise, outcomesOf, play, splitAt, type Trace } from '../fixture/dialogue.ts';
import { DIALOGUES } from '../fixture/dialogues.ts';
import { segmentsOf } from '../fixture/script.ts';

/** Everything observable, with errors spelled out. */
const seen = ({ events, writes, closed }: Trace): string =>
  JSON.stringify({ events, writes: writes.join(''), closed }, (_, value) =>
    value instanceof Error ? { ...value, message: value.message } : value,
  );

test.each(DIALOGUES)('$title ($ref)', dialogue => {
  const trace = play(dialogue);
  if (dialogue.ready) expect(handshakeOf(trace)).toMatchObject(dialogue.ready);
  expect(outcomesOf(trace)).toMatchObject(dialogue.outcomes ?? []);
  const ops = trace.events.filter(event => event.type === 'done').map(event => event.op);
  expect(new Set(ops).size).toBe(ops.length);
});

test.each(DIALOGUES)('the same octet by octet, and cut anywhere in two: $title', dialogue => {
  const expected = seen(play(dialogue));
  expect(seen(play(dialogue, { segment: octetwise }))).toBe(expected);
  for (const [i, segment] of segmentsOf(dialogue.script).entries())
    for (let at = 1; at < segment.length; at += segment.length > 400 ? 97 : 1)
      expect(seen(play(dialogue, { segment: splitAt(i, at) }))).toBe(expected);
});
