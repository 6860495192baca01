import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineProject({
  // The sources under test take the runtime's files from the sources, not the built ones.
  resolve: {
    alias: {
      '#backend-file': source('backend/file/node.ts'),
      '#attach-file': source('attach-file/node.ts'),
      '#pem-file': source('pem-file/node.ts'),
    },
  },
  test: { name: 'mailer', include: ['src/**/*.test.ts'], hookTimeout: 120_000 },
});
