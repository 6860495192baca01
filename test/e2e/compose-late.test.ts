import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectFocus, openPage, startBrowser } from './browser.ts';
import { type Demo, startOnNode } from './demo.ts';

let browser: Browser;
let page: Page;
let demo: Demo;

beforeAll(async () => {
  demo = await startOnNode();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});
beforeEach(async () => {
  page = await openPage(browser);
});
afterEach(() => page?.close());

/** Writes a letter in a page that has not loaded whole. */
async function write(to: string): Promise<void> {
  await page.goto(`${demo.origin}/`, { waitUntil: 'commit' });
  await page.getByLabel('From').fill('ann@example.org');
  await page.getByLabel('To').fill(to);
}

/** Keeps back what sends until the function that this returns is called. */
async function holdSender(): Promise<() => void> {
  let arrive = () => {};
  const awaited = new Promise<void>(resolve => {
    arrive = resolve;
  });
  await page.route('**/sender.js', async route => {
    await awaited;
    await route.continue();
  });
  return arrive;
}

test('a letter written before what sends it has arrived waits for it', async () => {
  const arrive = await holdSender();
  await write('bob@example.net');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.progress').getByText('Preparing').waitFor();
  arrive();
  await page.locator('.outcome[data-state=accepted]').waitFor();
});

test('an address is checked once what checks it has arrived', async () => {
  const arrive = await holdSender();
  await write('bob@@example.net');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.progress').waitFor();
  arrive();
  await page.locator('#to[aria-invalid=true]').waitFor();
  await expectFocus(page.getByLabel('To'));
  await page.locator('.progress').waitFor({ state: 'detached' });
});

test('where what sends cannot be had, nothing is sent and the page says so', async () => {
  await page.route('**/sender.js', route => route.abort());
  await write('bob@example.net');
  await page.getByRole('button', { name: 'Send' }).click();
  const panel = page.locator('.outcome[data-state=not-sent]');
  await panel.waitFor();
  expect(await panel.textContent()).toContain('Nothing was sent');
  expect(await page.getByLabel('To').inputValue()).toBe('bob@example.net');
});
