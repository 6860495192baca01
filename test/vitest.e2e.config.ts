import { defineProject } from 'vitest/config';

export default defineProject({
  // One browser and one server at a time: two cores are all that is promised.
  test: {
    name: 'e2e',
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    fileParallelism: false,
  },
});
