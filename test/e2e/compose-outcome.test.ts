import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../peer/port.ts';
import { compose, openPage, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { type Demo, startOnNode } from './demo.ts';
import { obliging, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

let browser: Browser;
let page: Page;
let server: ScriptedServer;
let demo: Demo;

beforeAll(async () => {
  server = await startScriptedServer();
  demo = await startOnNode({ RELAY_TARGET: `127.0.0.1:${server.port}` });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  server?.close();
});
beforeEach(async () => {
  server.say = obliging;
  server.holding = false;
  page = await openPage(browser);
});
afterEach(() => page?.close());

test('accepted for some: each recipient with the reply it got', async () => {
  server.say = line => (line.startsWith('RCPT TO:<eve') ? '550 5.1.1 No such mailbox\r\n' : obliging(line));
  await compose(page, demo.origin, { ...plainLetter, to: 'bob@example.net, eve@example.com' });
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('partial');
  expect(text).toContain('1 of 2');
  const row = page.locator('.recipients tr').filter({ hasText: 'eve@example.com' });
  expect(await row.textContent()).toContain('5.1.1 No such mailbox');
});

test('refused for now for some: to those alone, later', async () => {
  server.say = line => (line.startsWith('RCPT TO:<eve') ? '452 4.5.3 Too many\r\n' : obliging(line));
  await compose(page, demo.origin, { ...plainLetter, to: 'bob@example.net, eve@example.com' });
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('partial');
  expect(text).toContain('a little later');
  expect(text).not.toContain('Correct the addresses');
});

test('refused by the mail server: its reply, verbatim', async () => {
  server.say = line => (line === '.' ? '554 5.7.1 Looks like spam\r\n' : obliging(line));
  await compose(page, demo.origin, plainLetter);
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('rejected');
  expect(text).toContain('Looks like spam');
});

test('no answer after the end of the message is unknown, neither sent nor failed', async () => {
  server.say = line => (line === '.' ? undefined : obliging(line));
  await compose(page, demo.origin, plainLetter);
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('unknown');
  expect(text).toContain('It may have been delivered');
  expect(text).not.toContain('Accepted');
  await page.getByRole('button', { name: 'Send again anyway' }).click();
  await page.getByRole('button', { name: 'it may arrive twice' }).waitFor();
});

test('a connection lost in the middle of the envelope is not sent', async () => {
  server.say = line => (line === 'DATA' ? undefined : obliging(line));
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe('not-sent');
});

test('the mail server is down', async () => {
  const down = await startOnNode({ RELAY_TARGET: `127.0.0.1:${await freePort()}` });
  onTestFinished(() => down.stop());
  await compose(page, down.origin, plainLetter);
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('not-sent');
  expect(text).toContain('mail server cannot be reached');
});

test('a token that is not valid', async () => {
  await page.route('**/api/token', route => route.fulfill({ json: { token: 'v1.bm90aGluZw.AAAA' } }));
  await compose(page, demo.origin, plainLetter);
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('not-sent');
  expect(text).toContain('token');
  expect(text).not.toContain('bm90aGluZw');
});

test('the relay cannot be reached', async () => {
  const gone = await startOnNode();
  onTestFinished(() => gone.stop());
  await compose(page, gone.origin, plainLetter);
  await gone.stop();
  await page.route('**/api/token', route => route.fulfill({ json: { token: 'v1.bm90aGluZw.AAAA' } }));
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('not-sent');
  expect(text).toMatch(/relay/i);
});

test('the site does not answer', async () => {
  const gone = await startOnNode();
  onTestFinished(() => gone.stop());
  await compose(page, gone.origin, plainLetter);
  await gone.stop();
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('not-sent');
  expect(text).toContain('still running');
});

test('a file that is gone since it was picked stops everything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-pick-'));
  writeFileSync(join(folder, 'notes.txt'), 'before');
  await compose(page, demo.origin, plainLetter);
  await page.getByLabel('Attachments').setInputFiles(join(folder, 'notes.txt'));
  rmSync(folder, { recursive: true });
  const heard: string[] = [];
  server.say = line => {
    heard.push(line);
    return obliging(line);
  };
  const { state, text } = await sendAndRead(page);
  expect(state).toBe('not-sent');
  expect(text).toContain('notes.txt');
  expect(heard).toEqual([]);
});

test('Cancel stops a message on its way, and nobody has it', async () => {
  let ended = false;
  server.say = line => {
    ended ||= line === '.';
    return obliging(line);
  };
  // However fast the page is, and however slow the one who presses Cancel.
  server.holding = true;
  await compose(page, demo.origin, plainLetter);
  await page.getByLabel('Attachments').setInputFiles({
    name: 'large.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(20_000_000),
  });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText(/^Sending \d+%$/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  const panel = page.locator('.outcome');
  await panel.waitFor();
  expect(await panel.getAttribute('data-state')).toBe('not-sent');
  expect(await panel.textContent()).toContain('cancelled');
  await server.release();
  expect(ended).toBe(false);
});
