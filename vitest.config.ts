import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/reporter/closing-line.ts';

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'apps/*/vitest.config.ts', 'test/vitest.*.config.ts'],
    reporters: ['default', new ClosingLine()],
  },
});
