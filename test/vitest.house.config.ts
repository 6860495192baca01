import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: 'house', include: ['house/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
