import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';

test.each(await runElsewhere('bun', ['run'], inject('postOffice')))('$name', ({ error }) => {
  expect(error).toBeUndefined();
});
