import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';
import { bunPath } from './provision/bun.ts';

test.each(await runElsewhere(bunPath(), ['run'], inject('postOffice')))('$name', ({ error }) => {
  expect(error).toBeUndefined();
});
