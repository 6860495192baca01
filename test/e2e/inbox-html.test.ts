import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createMailer } from '@posthaste/mailer';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, startBrowser } from './browser.ts';
import { type Demo, startOnNode } from './demo.ts';
import { makePicture } from './picture.ts';

let demo: Demo;
let browser: Browser;
let tracker: Server;
let asked: string[];
let there: string;
beforeAll(async () => {
  tracker = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(tracker, 'listening');
  there = `http://127.0.0.1:${(tracker.address() as { port: number }).port}`;
  demo = await startOnNode();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  tracker?.close();
});

/** Sends HTML to the dev inbox and opens it there. */
async function open(html: string): Promise<Page> {
  asked = [];
  await using mailer = createMailer({ hostname: '127.0.0.1', port: demo.smtpPort, tls: 'none' });
  const { messageId } = await mailer.send({
    from: 'ann@example.org',
    to: 'bob@example.net',
    subject: 'HTML',
    text: 'text',
    html,
    attachments: [
      {
        filename: 'logo.png',
        content: makePicture(),
        contentType: 'image/png',
        contentId: 'logo@example.org',
      },
    ],
  });
  const page = await openPage(browser);
  await page.goto(`${demo.origin}/inbox?message=${encodeURIComponent(messageId!)}`);
  await page.frameLocator('.message-html').locator('#end').waitFor();
  return page;
}

test('HTML of a message fetches nothing and runs nothing', async () => {
  const page = await open(`
    <html><head>
      <base href="${there}/base/"><link rel="stylesheet" href="${there}/style.css"><link rel="preconnect" href="${there}">
      <meta http-equiv="refresh" content="0;url=${there}/refresh">
      <meta http-equiv="content-security-policy" content="default-src *">
      <style>@import url("${there}/import.css"); body { background: url(${there}/background.png) }</style>
    </head><body onload="fetch('${there}/onload')" background="${there}/body.png">
      <script>fetch('${there}/script'); top.document.title = 'taken'</script>
      <img src="${there}/pixel.png" srcset="${there}/pixel-2.png 2x"><img src="x" onerror="parent.location='${there}/onerror'">
      <video src="${there}/video.mp4" poster="${there}/poster.png" autoplay></video><audio src="${there}/audio.mp3"></audio>
      <iframe src="${there}/frame.html"></iframe><object data="${there}/object"></object><embed src="${there}/embed">
      <svg><image href="${there}/svg.png"/><use href="${there}/use.svg#a"/><script>fetch('${there}/svg')</script></svg>
      <form action="${there}/form"><input name="a" autofocus onfocus="this.form.submit()"></form>
      <p id="end" style="list-style: url(${there}/list.png); display: list-item">end</p>
    </body></html>`);
  await page.waitForTimeout(1000);
  expect(asked).toEqual([]);
  expect(await page.title()).toBe('Inbox · Posthaste');
  expect(new URL(page.url()).pathname).toBe('/inbox');
  await page.close();
});

test('an image the message carries is shown in its place', async () => {
  const page = await open('<p><img id="logo" src="cid:logo@example.org"></p><p id="end">end</p>');
  const logo = page.frameLocator('.message-html').locator('#logo');
  await logo.evaluate((image: HTMLImageElement) => image.decode());
  expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64);
  await page.close();
});

test('a link opens in a tab of its own, which knows nothing of this one', async () => {
  const page = await open(`<p id="end"><a href="${there}/link">link</a></p>`);
  const popup = page.waitForEvent('popup');
  await page.frameLocator('.message-html').getByRole('link').click();
  const tab = await popup;
  await tab.waitForURL(`${there}/link`);
  expect(asked).toContain('/link');
  expect(await tab.evaluate(() => [window.opener, document.referrer])).toEqual([null, '']);
  await page.close();
});
