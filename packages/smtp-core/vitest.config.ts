import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: 'smtp-core', include: ['src/**/*.test.ts'], hookTimeout: 120_000 },
});
