import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLIENT_EDGES, drawAll, PICTURES } from '../diagram/diagrams.ts';

test('every edge of the client is in a picture', () => {
  const pictures: readonly (readonly string[])[] = Object.values(PICTURES);
  const lost = CLIENT_EDGES.filter(
    ({ from, to }) => !pictures.some(states => states.includes(from) && states.includes(to)),
  );
  expect(lost).toEqual([]);
});

test.each([...drawAll()])(
  'docs/%s is drawn from the table as it is; npm run diagram draws it anew',
  (name, svg) => {
    expect(readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')).toBe(svg);
  },
);
