import { createMailer } from '@posthaste/mailer';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPage, startBrowser } from './browser.ts';
import { call } from './call.ts';
import { type Demo, startOnNode } from './demo.ts';

let demo: Demo;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  demo = await startOnNode();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});
beforeEach(async () => {
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
  page = await openPage(browser);
});
afterEach(() => page?.close());

/** Sends octets that nobody adds a header field to. */
async function deliver(subject: string): Promise<void> {
  await using mailer = createMailer({ hostname: '127.0.0.1', port: demo.smtpPort, tls: 'none' });
  await mailer.send({
    envelope: { from: 'ann@example.org', to: ['bob@example.net'] },
    raw: new TextEncoder().encode(`From: ann@example.org\r\nSubject: ${subject}\r\n\r\nAbout ${subject}\r\n`),
  });
}

test('a message without a Message-ID waits to be opened like any other', async () => {
  await deliver('Lunch');
  await page.goto(`${demo.origin}/inbox`);
  const row = page.getByRole('option').filter({ hasText: 'Lunch' });
  await row.waitFor();
  await page.locator('.reader').getByText('Choose a message from the list').waitFor();
  await row.click();
  await page.locator('.reader').getByRole('heading', { name: 'Lunch' }).waitFor();
});

test('of two messages opened in one frame the last stays, however late the first comes', async () => {
  await deliver('Slow');
  await deliver('Fast');
  await page.goto(`${demo.origin}/inbox`);
  const [slow, fast] = ['Slow', 'Fast'].map(text => page.getByRole('option').filter({ hasText: text }));
  await slow!.waitFor();
  const id = (await slow!.getAttribute('id'))!.replace(/^.*?-/, '');
  let late = (): void => {};
  const held = new Promise<void>(resolve => {
    late = resolve;
  });
  await page.route(`**/api/messages/${id}/raw`, async route => {
    await held;
    // A page that has given the request up leaves this waiting.
    await route.continue().catch(() => {});
  });
  await Promise.all([
    page.waitForRequest(request => request.url().includes(id)),
    page.evaluate(
      async rows => {
        for (const row of rows) {
          document.getElementById(row!)!.click();
          // The page renders in microtasks, all of them before the next frame.
          for (let n = 0; n < 100; n++) await undefined;
        }
      },
      [await slow!.getAttribute('id'), await fast!.getAttribute('id')],
    ),
  ]);
  const heading = page.locator('.reader').getByRole('heading', { name: 'Fast' });
  await heading.waitFor();
  late();
  // Long enough for the answer, if the page still waits for it, to come and to be drawn.
  await page.waitForTimeout(1000);
  expect(await heading.count()).toBe(1);
});
