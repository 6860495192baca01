import { expect, inject, test } from 'vitest';
import { runElsewhere } from './contract/elsewhere.ts';
import { runtimes } from './contract/runtime.ts';
import { node22Path } from './provision/node-22.ts';

test.each(await runElsewhere(node22Path(), [], inject('postOffice'), runtimes.node22.capabilities))(
  '$name',
  ({ error }) => {
    expect(error).toBeUndefined();
  },
);
