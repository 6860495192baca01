import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { type Demo, startOnWorkers } from './demo.ts';
import { postPicture } from './picture-post.ts';

let demo: Demo;
let browser: Browser;
beforeAll(async () => {
  [demo, browser] = await Promise.all([startOnWorkers(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test('a picture composed in the page arrives in the inbox page octet for octet', async () => {
  const page = await browser.newPage();
  await postPicture(page, demo.origin);
  await page.close();
});

test('a message of several megabytes comes back whole from the storage of the Durable Object', async () => {
  const page = await browser.newPage();
  await compose(page, demo.origin, plainLetter);
  const octets = Buffer.alloc(3_000_000, 'Möwe\r\n.\r\n');
  await page
    .getByLabel('Attachments')
    .setInputFiles({ name: 'log.bin', mimeType: 'application/octet-stream', buffer: octets });
  expect((await sendAndRead(page)).state).toBe('accepted');
  const [{ id, octets: size }] = await (await fetch(`${demo.origin}/api/messages`)).json();
  const raw = await (await fetch(`${demo.origin}/api/messages/${id}/raw`)).text();
  expect(raw.length).toBe(size);
  const base64 = raw.slice(raw.indexOf('log.bin')).split('\r\n\r\n')[1]!.split('\r\n--')[0]!;
  expect(Buffer.from(base64, 'base64').equals(octets)).toBe(true);
  await page.close();
});
