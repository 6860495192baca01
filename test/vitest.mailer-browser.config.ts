import { playwright } from '@vitest/browser-playwright';
import { defineProject } from 'vitest/config';
import { mailerTests } from './mailer/neutral-tests.ts';
import { chromiumFlags, findChromium } from './provision/chromium.ts';

const { resolve, test } = mailerTests('mailer-browser');

export default defineProject({
  resolve,
  test: {
    ...test,
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
