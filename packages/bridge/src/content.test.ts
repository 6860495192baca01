import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ContentReader } from './content.ts';

test('a stream of Node that is given again gathers no listeners', () => {
  const stream = new PassThrough();
  for (let i = 0; i < 20; i++) new ContentReader(stream);
  expect(stream.listenerCount('error')).toBeLessThanOrEqual(1);
  stream.destroy(new Error('ENOENT'));
});
