import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'contract-node',
    include: ['run-node.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
