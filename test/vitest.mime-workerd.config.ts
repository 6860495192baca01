import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineProject } from 'vitest/config';

/** Decoding 10 MiB of hostile text takes seconds a case; that it is linear shows on Node. */
const hostile = '../packages/mime/src/{encoded-word,parameter}-decoder.test.ts';

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: './workers/wrangler.jsonc' } })],
  test: {
    name: 'mime-workerd',
    include: ['../packages/mime/src/**/*.test.ts'],
    exclude: [hostile],
    isolate: false,
  },
});
