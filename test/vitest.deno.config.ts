import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'contract-deno',
    include: ['run-deno.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    hookTimeout: 120_000,
  },
});
