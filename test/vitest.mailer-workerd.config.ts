import { defineProject } from 'vitest/config';
import { mailerTests } from './mailer/neutral-tests.ts';
import { authority } from './peer/authority.ts';

// Miniflare reads this when it is loaded: whoever loads it first must set it.
process.env.NODE_EXTRA_CA_CERTS = authority().path;
const { cloudflareTest } = await import('@cloudflare/vitest-plugin');

export default defineProject({
  plugins: [cloudflareTest({ wrangler: { configPath: './workers/wrangler.jsonc' } })],
  // There are no Web Locks in workerd.
  ...mailerTests('mailer-workerd', ['lock']),
});
