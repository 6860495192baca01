import { defineProject } from 'vitest/config';
import { authority } from './peer/authority.ts';

// Miniflare reads this when it is loaded, so the import has to wait.
process.env.NODE_EXTRA_CA_CERTS = authority().path;
const { cloudflareTest } = await import('@cloudflare/vitest-plugin');

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: './workers/wrangler.jsonc' } })],
  test: {
    name: 'contract-workerd',
    include: ['run-workerd.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
