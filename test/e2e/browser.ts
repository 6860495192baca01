import { type Browser, chromium, type Page } from 'playwright';
import { chromiumFlags, chromiumPath } from '../provision/chromium.ts';

/** Starts the Chromium that the tests run in; `flags` are added to its usual ones. */
export function startBrowser(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags, ...flags] });
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
