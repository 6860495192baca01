// Sends many small messages over one connection to Postfix's smtp-sink; peers take turns in the same run.
import { execFileSync } from 'node:child_process';
import { openConnection } from '@posthaste/bridge';
import nodemailer from 'nodemailer';
import { startSmtpSink } from '../peer/smtp-sink.ts';
import { findProgram } from '../provision/requirement.ts';

const MESSAGES = Number(process.argv[2] ?? 2000);
const OCTETS = 4096;
const ROUNDS = 5;

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const header = 'From: ann@example.org\r\nTo: bob@example.net\r\nSubject: Bench\r\n\r\n';
const line = `${'x'.repeat(70)}\r\n`;
const content = header + line.repeat(Math.ceil((OCTETS - header.length) / line.length));
const octets = new TextEncoder().encode(content);

type Contestant = (port: number) => Promise<void>;

const posthaste =
  (options: object): Contestant =>
  async port => {
    const connection = await openConnection({ hostname: '127.0.0.1', port, tls: 'none', ...options });
    const sent = Array.from({ length: MESSAGES }, () => connection.sendRaw(envelope, octets));
    await Promise.all(sent);
    await connection.quit();
  };

const contestants: Readonly<Record<string, Contestant>> = {
  posthaste: posthaste({}),
  'posthaste, pipelineData': posthaste({ pipelineData: true }),
  async 'nodemailer pool'(port) {
    const pool = { pool: true as const, maxConnections: 1, maxMessages: Number.POSITIVE_INFINITY };
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true, ...pool });
    const message = { envelope: { from: envelope.from, to: [...envelope.to] }, raw: content };
    await Promise.all(Array.from({ length: MESSAGES }, () => transport.sendMail(message)));
    transport.close();
  },
  async 'smtp-source (C)'(port) {
    const source = findProgram('smtp-source')!;
    const load = ['-s', '1', '-m', String(MESSAGES), '-l', String(octets.length), '-d'];
    execFileSync(source, [...load, '-f', envelope.from, '-t', envelope.to[0]!, `127.0.0.1:${port}`]);
  },
};

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const sink = await startSmtpSink({ keep: false });
const times: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const start = performance.now();
    await run(sink.port);
    // The first round warms everybody up.
    if (round > 0) (times[name] ??= []).push(performance.now() - start);
  }
}
await sink.stop();

const base = median(times.posthaste!);
console.log(`${MESSAGES} messages of ${octets.length} octets, one connection, median of ${ROUNDS} rounds\n`);
for (const [name, ms] of Object.entries(times)) {
  const rate = Math.round(MESSAGES / (median(ms) / 1000));
  console.log(
    `${name.padEnd(26)} ${String(rate).padStart(7)}/s   ${(median(ms) / base).toFixed(2)}x the time`,
  );
}
