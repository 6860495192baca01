import { expect, test } from 'vitest';
import { chaosProxy, seeded } from '../test/chaos-proxy.ts';
import { startServer } from '../test/recording-server.ts';
import { createMailer, type DeliveryError, type Message, type Receipt, type ServerOptions } from './index.ts';

/** All 10,000 with POSTHASTE_FULL=1; else a sample that leaves the suite quick. */
const full = process.env.POSTHASTE_FULL === '1';
const count = full ? 10_000 : 600;

/** What a message was told about each recipient must be what the server recorded: never lost, never twice. */
function checkTruth(receipts: readonly Receipt[], committed: ReadonlyMap<string, number>): void {
  for (const [index, receipt] of receipts.entries()) {
    for (const { address, state } of receipt.recipients) {
      const times = committed.get(`${index} ${address}`) ?? 0;
      const where = `message ${index}, ${address}, ${state}`;
      if (state === 'accepted') expect(times, where).toBe(1);
      else if (state === 'unknown') expect(times, where).toBeLessThanOrEqual(1);
      else expect(times, where).toBe(0);
    }
  }
}

test.each<[string, number, ServerOptions]>([
  ['lost sessions are tried again', 1, {}],
  ['refusals for now are tried again too', 2, { retry: { attempts: 4, delayMs: 5, on: 'temporary' } }],
  ['nothing is tried again', 3, { retry: false }],
  ['BDAT windows', 4, { transfer: 'bdat' }],
])(
  `${count} messages over 10 connections through a hostile network: ${'%s'}`,
  async (_, seed, options) => {
    const random = seeded(seed);
    const committed = new Map<string, number>();
    let calm = false;
    const chance = (part: number): boolean => !calm && random() < part;
    const sometimes = (code: number, part: number): { code: number; text: string } | undefined =>
      chance(part) ? { code, text: 'Not now' } : undefined;
    await using server = await startServer({
      server: { extensions: ['PIPELINING', '8BITMIME', 'CHUNKING'] },
      handler: {
        onHello: () => sometimes(421, 0.02),
        onMail: () => sometimes(451, 0.01) ?? sometimes(421, 0.005),
        onRcpt: ({ to }) => (to.startsWith('gone') ? { code: 550, text: 'Gone' } : sometimes(450, 0.02)),
        onData: () => sometimes(452, 0.01),
        onMessage: async ({ envelope, content }) => {
          if (chance(0.02)) await new Promise(resolve => setTimeout(resolve, 5));
          const verdict = sometimes(554, 0.01) ?? sometimes(451, 0.01);
          if (verdict) return verdict;
          const number = /^Subject: number (\d+)/m.exec(new TextDecoder().decode(content))?.[1];
          for (const to of envelope.to) {
            const key = `${number} ${to}`;
            committed.set(key, (committed.get(key) ?? 0) + 1);
          }
          if (Number(number) === count) proxy.cut();
          return undefined;
        },
      },
    });
    const proxy = await chaosProxy(server.port, () => ({
      ...(chance(0.4) && { cutUp: Math.floor(random() * 20_000) }),
      ...(chance(0.4) && { cutDown: Math.floor(random() * 6_000) }),
      ...(chance(0.2) && { delayMs: 1 + Math.floor(random() * 3) }),
    }));
    const receipts: Receipt[] = [];
    const message = (number: number): Message => ({
      from: 'ann@example.org',
      to: [
        'bob@example.net',
        ...(number % 7 === 0 ? ['gone@example.net'] : []),
        ...(number % 3 ? [] : ['carla@example.net']),
      ],
      subject: `number ${number}`,
      text: 'x'.repeat(Math.floor((number * 37) % 3000)),
    });
    {
      await using mailer = createMailer({
        hostname: '127.0.0.1',
        port: proxy.port,
        tls: 'none',
        connections: 10,
        messagesPerConnection: 50,
        retry: { delayMs: 5, maxDelayMs: 50 },
        ...options,
      });
      const messages = Array.from({ length: count }, (_, number) => message(number));
      for await (const receipt of mailer.sendMany(messages)) receipts.push(receipt);
      // Chance need not cut behind a content even once: the last one is taken, and its reply is lost for certain.
      calm = true;
      const last = mailer.send(message(count));
      receipts.push(await last.catch((error: DeliveryError) => error.receipt));
    }
    expect(receipts).toHaveLength(count + 1);
    expect(receipts.at(-1)!.state).toBe('unknown');
    checkTruth(receipts, committed);
    // The faults must have bitten, and most messages must have come through.
    const having = (test: (receipt: Receipt) => boolean): number => receipts.filter(test).length;
    expect(having(({ state }) => state === 'accepted')).toBeGreaterThan(count / 2);
    expect(having(({ state }) => state === 'rejected' || state === 'partial')).toBeGreaterThan(0);
    expect(having(({ attempts }) => attempts > 1) > 0).toBe(options.retry !== false);
    await expect.poll(() => proxy.open, { timeout: 30_000 }).toBe(0);
    await proxy.close();
  },
  full ? 600_000 : 120_000,
);
