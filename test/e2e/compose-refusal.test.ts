import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compose, expectFocus, type Letter, openPage, plainLetter, startBrowser } from './browser.ts';
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
  page = await openPage(browser);
});
afterEach(() => page?.close());

interface Row {
  readonly title: string;
  readonly letter: Letter;
  /** Fields to correct, in order; the first has the focus. */
  readonly fields: readonly string[];
  /** Part of what is said about the first. */
  readonly says: string;
}

const rows: readonly Row[] = [
  { title: 'nothing at all', letter: {}, fields: ['From', 'To'], says: 'ann@example.org' },
  {
    title: 'no recipient',
    letter: { ...plainLetter, to: ' ' },
    fields: ['To'],
    says: 'at least one recipient',
  },
  {
    title: 'no sender',
    letter: { ...plainLetter, from: '' },
    fields: ['From'],
    says: 'who the message is from',
  },
  {
    title: 'two senders',
    letter: { ...plainLetter, from: 'a@example.org, b@example.org' },
    fields: ['From'],
    says: 'one',
  },
  { title: 'no domain', letter: { ...plainLetter, to: 'bob' }, fields: ['To'], says: '"bob"' },
  {
    title: 'two @',
    letter: { ...plainLetter, to: 'bob@@example.net' },
    fields: ['To'],
    says: '"bob@@example.net"',
  },
  {
    title: 'an open angle',
    letter: { ...plainLetter, cc: 'Bob <bob@example.net' },
    fields: ['Cc'],
    says: '<bob@example.net',
  },
  {
    title: 'a space in the address',
    letter: { ...plainLetter, to: 'bob smith@example.net' },
    fields: ['To'],
    says: 'bob smith',
  },
  {
    title: 'a subject that would add a header',
    letter: { ...plainLetter, subject: 'Lunch\r\nBcc: eve@example.com' },
    fields: ['Subject'],
    says: 'line break',
  },
  {
    title: 'a recipient that would add a command',
    letter: { ...plainLetter, to: 'bob@example.net\r\nRCPT TO:<eve@example.com>' },
    fields: ['To'],
    says: 'line break',
  },
  {
    title: 'a name that would add a header',
    letter: { ...plainLetter, from: 'Ann\nBcc: eve@example.com <ann@example.org>' },
    fields: ['From'],
    says: 'line break',
  },
];

test.each(rows)('$title', async ({ letter, fields, says }) => {
  await compose(page, demo.origin, letter);
  await page.getByRole('button', { name: 'Send' }).click();
  const labels = ['From', 'To', 'Cc', 'Subject'];
  const invalid = () => Promise.all(labels.map(label => page.getByLabel(label).getAttribute('aria-invalid')));
  const expected = labels.map(label => (fields.includes(label) ? 'true' : null));
  await expect.poll(invalid, { timeout: 30_000 }).toEqual(expected);
  const first = page.getByLabel(fields[0]!);
  const described = await first.getAttribute('aria-describedby');
  expect(await page.locator(`#${described}`).textContent()).toContain(says);
  await expectFocus(first);

  expect(await page.locator('.outcome').count()).toBe(0);
  expect(await page.locator('.timeline').count()).toBe(0);
  expect(await (await call(`${demo.origin}/api/messages`)).json()).toEqual([]);
});

test('a refused field is taken once it is corrected', async () => {
  await compose(page, demo.origin, { ...plainLetter, to: 'bob' });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByLabel('To').fill('bob@example.net');
  const invalid = () => page.getByLabel('To').getAttribute('aria-invalid');
  await expect.poll(invalid, { timeout: 30_000 }).toBeNull();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.outcome[data-state=accepted]').waitFor();
  await call(`${demo.origin}/api/messages`, { method: 'DELETE' });
});
