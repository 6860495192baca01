import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'mime', include: ['src/**/*.test.ts'], hookTimeout: 120_000 } });
