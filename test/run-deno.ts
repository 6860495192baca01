import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';
import { runtimes } from './contract/runtime.ts';

test.each(
  await runElsewhere(
    'deno',
    ['run', '--allow-all', '--no-lock'],
    inject('postOffice'),
    runtimes.deno.capabilities,
  ),
)('$name', ({ error }) => {
  expect(error).toBeUndefined();
});
