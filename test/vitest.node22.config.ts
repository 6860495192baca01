import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'contract-node22',
    include: ['run-node22.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    hookTimeout: 120_000,
  },
});
