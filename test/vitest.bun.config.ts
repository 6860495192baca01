import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'contract-bun',
    include: ['run-bun.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    hookTimeout: 120_000,
  },
});
