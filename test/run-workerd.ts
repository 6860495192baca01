import { describe, inject, test } from 'vitest';
import { contract } from './contract/index.ts';
import { runtimes } from './contract/runtime.ts';
import { socketSubject } from './contract/subject.ts';

const subject = socketSubject(inject('postOffice'), runtimes.workerd.capabilities);

describe.each(Object.entries(contract))('%s', (_, cases) => {
  test.each(cases)('$name', ({ run }) => run(subject));
});
