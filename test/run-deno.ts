import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';

test.each(await runElsewhere('deno', ['run', '--allow-all', '--no-lock'], inject('postOffice')))(
  '$name',
  ({ error }) => {
    expect(error).toBeUndefined();
  },
);
