import { listen } from '@posthaste/bridge/listen';
import type { Page } from 'playwright';
import { expect, onTestFinished, test } from 'vitest';
import { layLine } from '../examples/cuttable-line.ts';
import { compose, expectFocus, openPage, plainLetter, sendAndRead, startBrowser } from './browser.ts';
import { type Demo, startOnNode } from './demo.ts';

type Verdict = { readonly code: number; readonly text: string; readonly enhanced: `5.${number}.${number}` };

interface Scene {
  readonly page: Page;
  readonly demo: Demo;
  /** Messages the mail server was given. */
  readonly given: () => number;
  /** Lets the mail server answer the message that it has. */
  answer(verdict?: Verdict): void;
}

/** The demo before a mail server that thinks, seen by a page whose line is cut once the whole message has arrived. */
async function scene(): Promise<Scene> {
  let given = 0;
  let cut = (): void => {};
  let answer: Scene['answer'] = () => {};
  const server = await listen({
    server: { serverName: 'mx.test', extensions: ['PIPELINING', 'ENHANCEDSTATUSCODES'] },
    handler: {
      onRcpt: ({ to }) =>
        to.startsWith('eve@') ? { code: 550, text: 'No such mailbox', enhanced: '5.1.1' } : undefined,
      onMessage() {
        given++;
        const verdict = new Promise<Verdict | string>(resolve => {
          answer = (refusal?: Verdict) => resolve(refusal ?? 'Ok: queued as 4F2');
        });
        cut();
        return verdict;
      },
    },
  });
  onTestFinished(() => server.close());
  const demo = await startOnNode({ RELAY_TARGET: `127.0.0.1:${server.port}` });
  onTestFinished(() => demo.stop());
  const port = Number(new URL(demo.origin).port);
  const line = await layLine(port);
  cut = () => {
    cut = () => {};
    line.cut();
  };
  // The page keeps its origin: only the way there is another.
  const browser = await startBrowser(`--host-resolver-rules=MAP 127.0.0.1:${port} 127.0.0.1:${line.port}`);
  onTestFinished(() => browser.close());
  const page = await openPage(browser);
  return { page, demo, given: () => given, answer: verdict => answer(verdict) };
}

const panel = (page: Page) => page.locator('.outcome');

/** Presses the button until the mail server has decided. */
async function askUntilDecided(page: Page): Promise<{ state: string | null; text: string }> {
  const state = () => panel(page).getAttribute('data-state');
  const pressed = async () => {
    // The button goes with the answer, which may be there before it is pressed again.
    await page
      .getByRole('button', { name: 'Ask relay' })
      .click({ timeout: 2000 })
      .catch(() => {});
    return state();
  };
  await expect.poll(pressed, { timeout: 60_000 }).not.toBe('unknown');
  return { state: await state(), text: (await panel(page).textContent()) ?? '' };
}

test('a line cut behind the end of the message: the relay is asked, and has the answer', async () => {
  const { page, demo, given, answer } = await scene();
  await compose(page, demo.origin, { ...plainLetter, to: 'bob@example.net, eve@example.com' });
  const lost = await sendAndRead(page);
  expect(lost.state).toBe('unknown');
  expect(lost.text).toContain('Ask the relay before you send it again');

  await page.getByRole('button', { name: 'Ask relay' }).click();
  await page.getByText('The mail server has not answered it yet').waitFor();
  expect(await panel(page).getAttribute('data-state')).toBe('unknown');

  answer();
  const { state, text } = await askUntilDecided(page);
  expect(state).toBe('partial');
  expect(text).toContain('The relay had kept the answer.');
  const rows = page.locator('.recipients tr');
  expect(await rows.filter({ hasText: 'bob@example.net' }).textContent()).toContain('queued as 4F2');
  expect(await rows.filter({ hasText: 'eve@example.com' }).textContent()).toContain('No such mailbox');
  await expectFocus(panel(page));
  expect(given()).toBe(1);
});

test('refused after all: the mail server’s reply, verbatim', async () => {
  const { page, demo, answer } = await scene();
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe('unknown');
  answer({ code: 554, text: 'Looks like spam', enhanced: '5.7.1' });
  const { state, text } = await askUntilDecided(page);
  expect(state).toBe('rejected');
  expect(text).toContain('554 5.7.1 Looks like spam');
});

test('a relay that is gone: the panel stays, and says so', async () => {
  const { page, demo } = await scene();
  await compose(page, demo.origin, plainLetter);
  expect((await sendAndRead(page)).state).toBe('unknown');
  await demo.stop();
  await page.getByRole('button', { name: 'Ask relay' }).click();
  await page.getByText('Check that it is still running').waitFor();
  expect(await panel(page).getAttribute('data-state')).toBe('unknown');
  await page.getByRole('button', { name: 'Send again anyway' }).waitFor();
});
