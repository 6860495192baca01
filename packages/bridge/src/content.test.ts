import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ContentReader } from './content.ts';

test('a stream of Node that is given again gathers no listeners', () => {
  const stream = new PassThrough();
  for (let i = 0; i < 20; i++) new ContentReader(stream);
  expect(stream.listenerCount('error')).toBeLessThanOrEqual(1);
  stream.destroy(new Error('ENOENT'));
});

test.each([{}, () => undefined])('content whose listeners are no list is taken as it is', listeners => {
  const heard: string[] = [];
  const content = Object.assign(
    (async function* () {
      yield new Uint8Array(1);
    })(),
    { on: (event: string) => heard.push(event), listeners },
  );
  expect(() => new ContentReader(content)).not.toThrow();
  expect(heard).toEqual(['error']);
});
