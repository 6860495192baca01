import { type Browser, chromium, type Locator, type Page } from 'playwright';
import { expect } from 'vitest';
import { chromiumFlags, chromiumPath } from '../provision/chromium.ts';

/** Starts the Chromium that the tests run in; `flags` are added to its usual ones. */
export function startBrowser(...flags: readonly string[]): Promise<Browser> {
  const args = [...chromiumFlags, ...flags];
  return chromium.launch({ executablePath: chromiumPath(), args, timeout: 90_000 });
}

/** How long a page may take for one step, on a machine with much else to do, in milliseconds. */
const STEP_MS = 60_000;

/** Opens a page with cookies and storage of its own. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_MS);
  return page;
}

/** What a form is filled with. */
export interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly message?: string;
}

/** A letter with nothing wrong about it. */
export const plainLetter: Letter = {
  from: 'Ann <ann@example.org>',
  to: 'bob@example.net',
  subject: 'Lunch',
  message: 'At noon?',
};

/** Opens the compose page and fills its form, as a person finds it: by the labels. */
export async function compose(page: Page, origin: string, letter: Letter): Promise<void> {
  await page.goto(`${origin}/`);
  const labels = { from: 'From', to: 'To', cc: 'Cc', subject: 'Subject', message: 'Message' } as const;
  for (const [field, label] of Object.entries(labels)) {
    const text = letter[field as keyof Letter];
    if (text !== undefined) await page.getByLabel(label).fill(text);
  }
}

/** Presses Send and waits for the panel that tells the outcome; returns its state and its words. */
export async function sendAndRead(page: Page): Promise<{ state: string | null; text: string }> {
  await page.getByRole('button', { name: 'Send' }).click();
  const panel = page.locator('.outcome');
  await panel.waitFor();
  return { state: await panel.getAttribute('data-state'), text: (await panel.textContent()) ?? '' };
}

/** Waits until an element has the focus, which may come to it a frame after it is there. */
export async function expectFocus(element: Locator): Promise<void> {
  const focused = () => element.evaluate(each => each === document.activeElement);
  await expect.poll(focused, { timeout: 30_000 }).toBe(true);
}
