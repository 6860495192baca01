import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { compose, sendAndRead } from './browser.ts';
import { call } from './call.ts';
import { makePicture } from './picture.ts';

/** A message with everything that gets garbled on the way, from the compose page to the inbox page and back to octets. */
export async function postPicture(page: Page, origin: string): Promise<void> {
  await call(`${origin}/api/messages`, { method: 'DELETE' });
  const picture = makePicture();
  await compose(page, origin, {
    from: 'Zoë Grüber <zoe@example.org>',
    to: 'Bob Ångström <bob@example.net>, chloe@example.com',
    cc: 'Dæmon <cc@example.com>',
    subject: 'Grüße 🚀',
    message: 'Guten Tag,\n.\n..ein Punkt am Anfang, ein Gruß am Ende.\n\nZoë 🚀',
  });
  await page.getByLabel('Attachments').setInputFiles({
    name: 'Häfen & Möwen.png',
    mimeType: 'image/png',
    buffer: Buffer.from(picture),
  });

  const outcome = await sendAndRead(page);
  expect(outcome.state, outcome.text).toBe('accepted');
  for (const address of ['bob@example.net', 'chloe@example.com', 'cc@example.com']) {
    expect(outcome.text).toContain(address);
  }
  const transcript = await page.locator('.timeline').textContent();
  for (const phase of ['Greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'Dot'])
    expect(transcript).toContain(phase);
  expect(transcript).toContain('RCPT TO:<chloe@example.com>');

  await page.getByRole('link', { name: 'Open in inbox' }).click();
  const reader = page.locator('.reader');
  await reader.getByRole('heading', { name: 'Grüße 🚀' }).waitFor();
  const head = await reader.textContent();
  expect(head).toContain('Zoë Grüber');
  expect(head).toContain('Bob Ångström');
  expect(head).toContain('..ein Punkt am Anfang, ein Gruß am Ende.');

  const download = page.waitForEvent('download');
  await reader.getByRole('link', { name: 'Häfen & Möwen.png' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toContain('png');
  expect(new Uint8Array(await readFile(await file.path()))).toEqual(picture);

  const list: { id: string; from: string; to: string[]; subject: string; date: string }[] = await (
    await call(`${origin}/api/messages`)
  ).json();
  expect(list).toHaveLength(1);
  expect(list[0]).toMatchObject({
    from: 'Zoë Grüber <zoe@example.org>',
    to: ['bob@example.net', 'chloe@example.com', 'cc@example.com'],
    subject: 'Grüße 🚀',
  });
}
