import { expect, test } from 'vitest';
import vectors from '../vectors/punycode.json' with { type: 'json' };
import { encodePunycode } from './punycode.ts';

test.each(vectors)('$name ($source)', ({ label, ascii }) => {
  expect(encodePunycode(label)).toBe(ascii);
});
