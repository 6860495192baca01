import { playwright } from '@vitest/browser-playwright';
import { defineProject } from 'vitest/config';
import { chromiumFlags, findChromium } from './provision/chromium.ts';

export default defineProject({
  test: {
    name: 'contract-browser',
    include: ['run-browser.ts'],
    globalSetup: ['./peer/post-office-setup.ts'],
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
