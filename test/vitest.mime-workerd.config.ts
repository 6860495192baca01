import { defineProject } from 'vitest/config';
import { authority } from './peer/authority.ts';
import { propertySetUp } from './property/set-up.ts';

// Miniflare reads this when it is loaded, and the contract in workerd needs it: whoever loads it first must set it.
process.env.NODE_EXTRA_CA_CERTS = authority().path;
const { cloudflareTest } = await import('@cloudflare/vitest-plugin');

/** Decoding 10 MiB of hostile text takes seconds a case; that it is linear shows on Node. */
const hostile = '../packages/mime/src/{encoded-word,parameter}-decoder.test.ts';

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: './workers/wrangler.jsonc' } })],
  test: {
    name: 'mime-workerd',
    include: ['../packages/mime/src/**/*.test.ts'],
    exclude: [hostile],
    setupFiles: [...propertySetUp],
    isolate: false,
    hookTimeout: 120_000,
  },
});
