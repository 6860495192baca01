import { playwright } from '@vitest/browser-playwright';
import { defineProject } from 'vitest/config';
import { propertySetUp } from './property/set-up.ts';
import { chromiumFlags, findChromium } from './provision/chromium.ts';

/** Decoding 10 MiB of hostile text takes seconds a case; that it is linear shows on Node. */
const hostile = '../packages/mime/src/{encoded-word,parameter}-decoder.test.ts';

export default defineProject({
  test: {
    name: 'mime-browser',
    include: ['../packages/mime/src/**/*.test.ts'],
    exclude: [hostile],
    setupFiles: [...propertySetUp],
    isolate: false,
    hookTimeout: 120_000,
    api: { host: '127.0.0.1' },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: findChromium() ?? 'chromium',
          args: [...chromiumFlags],
          timeout: 120_000,
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
