import { defineProject } from 'vitest/config';
import { authority } from './peer/authority.ts';

// Miniflare reads this when it is loaded, and the contract in workerd needs it: whoever loads it first must set it.
process.env.NODE_EXTRA_CA_CERTS = authority().path;
const { cloudflareTest } = await import('@cloudflare/vitest-plugin');

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: '../packages/bridge/fixture/wrangler.jsonc' } })],
  test: {
    name: 'bridge-workerd',
    include: ['../packages/bridge/src/**/workerd.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
