import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';
import { runtimes } from './contract/runtime.ts';
import { bunPath } from './provision/bun.ts';

test.each(await runElsewhere(bunPath(), ['run'], inject('postOffice'), runtimes.bun.capabilities))(
  '$name',
  ({ error }) => {
    expect(error).toBeUndefined();
  },
);
