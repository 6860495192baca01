import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

export default defineProject({
  // The sources under test take the connector's source, not the built one.
  resolve: { alias: { '#connect': fileURLToPath(new URL('./src/connect/node.ts', import.meta.url)) } },
  test: {
    name: 'bridge',
    include: ['src/**/*.test.ts'],
    exclude: ['src/**/workerd.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
