import { defineProject } from 'vitest/config';
import { propertySetUp } from '../../test/property/set-up.ts';

export default defineProject({
  test: {
    name: 'smtp-core',
    include: ['src/**/*.test.ts'],
    setupFiles: [...propertySetUp],
    hookTimeout: 120_000,
  },
});
