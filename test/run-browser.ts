import { describe, inject, test } from 'vitest';
import { contract } from './contract/index.ts';
import { relaySubject } from './contract/subject.ts';

const subject = relaySubject(inject('postOffice'));

describe.each(Object.entries(contract))('%s', (_, cases) => {
  test.each(cases)('$name', ({ run }) => run(subject));
});
