import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compose, expectFocus, openPage, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { type Demo, startOnNode } from './demo.ts';
import { obliging, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

let browser: Browser;
let page: Page;
let server: ScriptedServer;
let demo: Demo;
/** Messages whose end the mail server has seen. */
let given: number;
/** Times the browser asked whether to leave. */
let warned: number;

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
  answerEnd('250 2.0.0 OK\r\n');
  page = await openPage(browser);
  warned = 0;
  page.on('dialog', dialog => {
    if (dialog.type() === 'beforeunload') warned++;
    // A page that is closed meanwhile takes its question with it.
    dialog.accept().catch(() => {});
  });
});
afterEach(() => page?.close());

/** Lets the mail server answer the end of a message with this: nothing keeps it waiting, undefined hangs up. */
function answerEnd(reply: string | undefined): void {
  given = 0;
  server.say = line => {
    if (line !== '.') return obliging(line);
    given++;
    return reply;
  };
}

const button = (name: string) => page.getByRole('button', { name, exact: true });

/** Waits until these are the buttons that come first. */
async function expectPrimaries(...names: readonly string[]): Promise<void> {
  const primaries = () => page.locator('.button.primary').allTextContents();
  await expect.poll(primaries, { timeout: 30_000 }).toEqual(names);
}

test.each([
  ['accepted', '250 2.0.0 OK\r\n'],
  ['rejected', '554 5.7.1 Looks like spam\r\n'],
  ['unknown', undefined],
])('once a message is %s, the page is left without a question', async (expected, reply) => {
  answerEnd(reply);
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe(expected);
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.waitForURL('**/inbox');
  expect(warned).toBe(0);
});

test('while a message is on its way, the browser asks first, and the transcript counts the wait', async () => {
  answerEnd('');
  await compose(page, demo.origin, plainLetter);
  await button('Send').click();
  await page.getByText(/Waiting for server (?!0:00)\d+:\d\d/).waitFor();
  const dot = page.locator('.phase summary').filter({ hasText: 'Dot' });
  await dot.filter({ hasText: /\d:\d\d/ }).waitFor();
  await page.goto(`${demo.origin}/inbox`);
  expect(warned).toBe(1);
});

test('a message that may have arrived is not sent again by one press', async () => {
  answerEnd(undefined);
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe('unknown');
  await expectPrimaries('Ask relay');

  await page.getByLabel('Message').press('Control+Enter');
  await button('Yes, it may arrive twice').waitFor();
  await expectFocus(page.locator('.outcome'));
  for (let n = 0; n < 2; n++) {
    await page.keyboard.press('Control+Enter');
    await button('Send again…').click();
  }
  expect(given).toBe(1);

  answerEnd('250 2.0.0 OK\r\n');
  await button('Yes, it may arrive twice').click();
  await page.locator('.outcome[data-state=accepted]').waitFor();
  expect(given).toBe(1);
});

test('a double click on the question does not answer it', async () => {
  answerEnd(undefined);
  await compose(page, demo.origin, plainLetter);
  await sendAndRead(page);
  await button('Send again anyway…').dblclick();
  await button('Yes, it may arrive twice').waitFor();
  expect(given).toBe(1);
});

test('an edited draft is another message, and the original again is not', async () => {
  answerEnd(undefined);
  await compose(page, demo.origin, plainLetter);
  await sendAndRead(page);
  await page.getByLabel('Subject').fill('Dinner');
  await expectPrimaries('Send');
  await page.getByLabel('Subject').fill(plainLetter.subject!);
  await expectPrimaries('Ask relay');
  await page.getByLabel('Attachments').setInputFiles({
    name: 'menu.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('soup'),
  });
  await expectPrimaries('Send');
  answerEnd('250 2.0.0 OK\r\n');
  await button('Send').click();
  await page.locator('.outcome[data-state=accepted]').waitFor();
  expect(given).toBe(1);
});

test('a message that was accepted is sent again only by a button that says so', async () => {
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe('accepted');
  await expectPrimaries();
  await button('Send again').click();
  // The panel of the first is gone before the second is given: what shows from here on is about the second.
  await expect.poll(() => given, { timeout: 30_000 }).toBe(2);
  await page.locator('.outcome[data-state=accepted]').waitFor();
});

test('a relay that knows no more is not the first to ask any longer', async () => {
  answerEnd(undefined);
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).text).toContain('Ask the relay before you send it again');
  await button('Ask relay').click();
  await page.getByText('knows no more than this page').waitFor();
  expect(await page.locator('.outcome .advice').textContent()).toMatch(
    /^Look for it .* before you send it again/,
  );
  await expectPrimaries();
});

test('an address that the mail server cannot take is shown at its field', async () => {
  await compose(page, demo.origin, { ...plainLetter, to: 'jörg@example.net' });
  await button('Send').click();
  const problem = page.locator('#to-problem');
  await problem.waitFor();
  expect(await problem.textContent()).toContain('"jörg@example.net" needs SMTPUTF8');
  await expectFocus(page.getByLabel('To'));
  expect(given).toBe(0);
});
