import { describe, expect, test } from 'vitest';
import { parseParameters } from './parameter-decoder.ts';

describe('parseParameters', () => {
  test.each(['(', ')', '"', '\\', ';', '; a=b', "; a*=utf-8''%", '; a*0=b', 'a*'])(
    'takes 10 MiB of %j',
    part => {
      const text = `x; a=${part.repeat((10 << 20) / part.length)}`;
      expect(parseParameters(text).value).toBe('x');
    },
    60_000,
  );
});
