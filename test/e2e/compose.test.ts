import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose, openPage, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { call } from './call.ts';
import { type Demo, startOnNode } from './demo.ts';
import { postPicture } from './picture-post.ts';

let demo: Demo;
let browser: Browser;
beforeAll(async () => {
  demo = await startOnNode();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test('the banner names the pages and the SMTP port', async () => {
  await expect.poll(demo.output, { timeout: 30_000 }).toContain(`127.0.0.1:${demo.smtpPort}`);
  await expect.poll(demo.output, { timeout: 30_000 }).toContain(`${demo.origin}/inbox`);
});

test('every field is found by its label, and by no other', async () => {
  const page = await openPage(browser);
  await page.goto(`${demo.origin}/`);
  for (const label of ['From', 'To', 'Cc', 'Subject', 'Message', 'Attachments']) {
    await page.getByLabel('From').waitFor();
    expect(await page.getByLabel(label).count(), label).toBe(1);
  }
  expect(await page.getByRole('button', { name: 'Send' }).count()).toBe(1);
  await page.close();
});

test('files are asked to be dropped only where there is room to drag them', async () => {
  const page = await openPage(browser);
  await page.goto(`${demo.origin}/`);
  const hint = page.getByText('or drop files here');
  await hint.waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await hint.waitFor({ state: 'hidden' });
  await page.getByLabel('Attachments').waitFor();
  await page.close();
});

test('a picture composed in the page arrives in the inbox page octet for octet', async () => {
  const page = await openPage(browser);
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => message.type() === 'error' && faults.push(message.text()));
  await postPicture(page, demo.origin);
  expect(faults).toEqual([]);
  await page.close();
});

test('an open inbox shows a message as it arrives, and none once they are deleted', async () => {
  const [inbox, page] = await Promise.all([openPage(browser), openPage(browser)]);
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
  await inbox.goto(`${demo.origin}/inbox`);
  await inbox.getByText('No mail yet').waitFor();
  await postPicture(page, demo.origin);
  await inbox.getByRole('option').filter({ hasText: 'Grüße 🚀' }).waitFor();
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
  await inbox.getByText('No mail yet').waitFor();
  await Promise.all([inbox.close(), page.close()]);
});

test('an attachment of many megabytes arrives octet for octet', async () => {
  const page = await openPage(browser);
  const octets = Buffer.alloc(6_000_000);
  for (let i = 0, state = 1; i < octets.length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    octets[i] = state;
  }
  await compose(page, demo.origin, plainLetter);
  await page
    .getByLabel('Attachments')
    .setInputFiles({ name: 'noise.bin', mimeType: 'application/octet-stream', buffer: octets });
  const outcome = await sendAndRead(page);
  expect(outcome.state, outcome.text).toBe('accepted');
  await page.getByRole('link', { name: 'Open in inbox' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'noise.bin' }).click();
  expect((await readFile(await (await download).path())).equals(octets)).toBe(true);
  await page.close();
});

test('the empty inbox sends a test message to itself', async () => {
  const page = await openPage(browser);
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
  await page.goto(`${demo.origin}/inbox`);
  await page.getByRole('button', { name: 'Send a test message' }).click();
  await page.getByRole('option').filter({ hasText: 'It works' }).click();
  await page.getByRole('tabpanel').filter({ hasText: 'sent over SMTP through the relay' }).waitFor();
  await page.close();
});
