import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startDaemon } from '../peer/background-program.ts';
import { freePort } from '../peer/port.ts';
import { makeServerFolder, removeServerFolder } from '../peer/server-folder.ts';
import { layLine } from './cuttable-line.ts';
import { openInbox } from './inbox.ts';
import { examples } from './program.ts';

/** The Worker under wrangler, with its local queues. */
async function startWorker(smtpUrl: string): Promise<{ url: string; output: () => string }> {
  const port = await freePort();
  const state = makeServerFolder('queues');
  onTestFinished(() => removeServerFolder(state));
  const wrangler = fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler')));
  const network = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const vars = ['--var', `SMTP_URL:${smtpUrl}`, '--var', 'RETRY_SECONDS:1'];
  const url = `http://127.0.0.1:${port}`;
  const { output, stop } = await startDaemon(
    process.execPath,
    [wrangler, 'dev', ...network, ...vars, '--persist-to', state],
    async signal => {
      while (!(await isAnswered(url))) await sleep(250, undefined, { signal });
    },
    {
      cwd: join(examples, 'queue-worker'),
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false', CI: '1' },
    },
  );
  onTestFinished(stop);
  return { url, output };
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

test('each letter ends as accepted or as a dead letter, and what may have been taken is never sent again', async () => {
  const attempts: string[] = [];
  const taken: string[] = [];
  const inbox = await openInbox('plain', {
    onRcpt({ to }) {
      attempts.push(to);
      if (to.startsWith('refused')) return { code: 550, text: 'No such person', enhanced: '5.1.1' };
      const early = attempts.filter(address => address === to).length <= 2;
      if (to.startsWith('later') && early) return { code: 451, text: 'Come back later' };
      return undefined;
    },
    onMessage({ envelope }) {
      taken.push(...envelope.to);
      // The message is here, and the answer never arrives.
      if (envelope.to[0]?.startsWith('silence')) line.cut();
    },
  });
  const line = await layLine(inbox.port);
  const { url, output } = await startWorker(`smtp://127.0.0.1:${line.port}?tls=none`);

  const to = ['bob', 'refused', 'silence', 'later', 'unfit\r\n', 'carla'].map(name => `${name}@example.net`);
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ to, subject: 'Sale', text: 'Everything must go' }),
  });
  expect(response.status).toBe(202);
  // The local queue forgets a letter that waits while nobody asks for the queue: workerd ends what looks idle.
  const asking = setInterval(() => isAnswered(url), 250);
  onTestFinished(() => clearInterval(asking));
  const messageIds = (await response.json()) as string[];

  const deadLetters = () =>
    [...output().matchAll(/Dead letter: (\{.*\})/g)].map(
      ([, json]) => JSON.parse(json!) as { state: string; letter: { to: string } },
    );
  await vi.waitFor(
    () => {
      expect(taken).toHaveLength(4);
      expect(deadLetters()).toHaveLength(3);
    },
    { timeout: 80_000, interval: 100 },
  );
  // Longer than any letter would wait before it is tried again.
  await sleep(5000);

  expect(taken.toSorted()).toEqual(['bob', 'carla', 'later', 'silence'].map(name => `${name}@example.net`));
  expect(attempts.filter(address => address.startsWith('later'))).toHaveLength(3);
  expect(attempts.filter(address => address.startsWith('refused'))).toHaveLength(1);
  expect(Object.fromEntries(deadLetters().map(({ letter, state }) => [letter.to, state]))).toEqual({
    'refused@example.net': 'rejected',
    'silence@example.net': 'unknown',
    'unfit\r\n@example.net': 'not-sent',
  });
  const kept = messageIds.filter((_, at) => !/^(refused|unfit)/.test(to[at]!));
  expect(inbox.received.map(({ email }) => email.messageId).toSorted()).toEqual(kept.toSorted());
}, 300_000);
