import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'contract-node',
    include: ['run-node.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    hookTimeout: 120_000,
  },
});
