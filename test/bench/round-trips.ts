// Round trips that a message costs at Postfix behind a long path: node bench/round-trips.ts
import { openConnection } from '@posthaste/bridge';
import { makeCertificate } from '../peer/certificate.ts';
import { startDelayingProxy } from '../peer/delaying-proxy.ts';
import { startDovecot } from '../peer/dovecot.ts';
import { startPostfix } from '../peer/postfix.ts';

const ROUND_TRIP_MS = 40;
const MESSAGES = 60;
const WAYS = [
  { name: 'DATA', target: 2.1, options: {} },
  { name: 'DATA with pipelineData', target: 1.1, options: { pipelineData: true } },
  {
    name: 'BDAT, 20 transactions in flight',
    target: 0.1,
    options: { transfer: 'bdat', pipelineWindow: { transactions: 20, octets: 1 << 20 } },
  },
] as const;

const message = new TextEncoder().encode(`Subject: Round trips\r\n\r\n${'x'.repeat(78)}\r\n`);
const envelope = { from: 'ann@example.net', to: ['bob@example.net'] };

/** Milliseconds from the first envelope to the last answer. */
async function elapsed(port: number, options: (typeof WAYS)[number]['options']): Promise<number> {
  const connection = await openConnection({ hostname: '127.0.0.1', port, tls: 'none', ...options });
  const start = performance.now();
  await Promise.all(Array.from({ length: MESSAGES }, () => connection.sendRaw(envelope, message)));
  const end = performance.now();
  await connection.quit();
  return end - start;
}

const dovecot = await startDovecot();
const postfix = await startPostfix(makeCertificate(), dovecot);
const near = await startDelayingProxy(postfix.ports.plain, { delay: () => 0 });
const far = await startDelayingProxy(postfix.ports.plain, { delay: () => ROUND_TRIP_MS / 2 });
try {
  await elapsed(near.port, {});
  console.log(`${MESSAGES} messages to Postfix over one connection, ${ROUND_TRIP_MS} ms there and back`);
  for (const { name, target, options } of WAYS) {
    const [work, all] = [await elapsed(near.port, options), await elapsed(far.port, options)];
    const roundTrips = (all - work) / MESSAGES / ROUND_TRIP_MS;
    const verdict = roundTrips <= target ? 'within' : 'ABOVE';
    console.log(
      `${name.padEnd(32)} ${roundTrips.toFixed(2)} round trips a message, ${verdict} ${target}` +
        ` (${Math.round(all)} ms; ${Math.round(work)} ms without the path)`,
    );
  }
} finally {
  await near.stop();
  await far.stop();
  postfix.stop();
  await dovecot.stop();
}
