import { execFileSync } from 'node:child_process';
import { openConnection } from '@posthaste/bridge';
import nodemailer from 'nodemailer';
import { findProgram } from '../provision/requirement.ts';

/** Sends `messages` times the same content over one connection to a server on loopback. */
export type Contestant = (port: number, messages: number, content: Uint8Array) => Promise<void>;

const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const header = 'From: ann@example.org\r\nTo: bob@example.net\r\nSubject: Bench\r\n\r\n';
const line = `${'x'.repeat(70)}\r\n`;

/** A message of at least `octets`, in lines as mail has them. */
export function messageOf(octets: number): Buffer {
  return Buffer.from(header + line.repeat(Math.ceil((octets - header.length) / line.length)));
}

const posthaste =
  (options: object): Contestant =>
  async (port, messages, content) => {
    const connection = await openConnection({ hostname: '127.0.0.1', port, tls: 'none', ...options });
    await Promise.all(Array.from({ length: messages }, () => connection.sendRaw(envelope, content)));
    await connection.quit();
  };

export const ours = 'posthaste, fewest waits';
export const nodemailerPool = 'nodemailer pool';
export const smtpSource = 'smtp-source (C)';

export const contestants: Readonly<Record<string, Contestant>> = {
  posthaste: posthaste({}),
  // Where the server has no CHUNKING, DATA waits for nothing but 354.
  [ours]: posthaste({
    pipelineData: true,
    transfer: 'bdat',
    pipelineWindow: { transactions: 20, octets: 1_048_576 },
  }),
  async [nodemailerPool](port, messages, raw) {
    const pool = { pool: true as const, maxConnections: 1, maxMessages: Number.POSITIVE_INFINITY };
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true, ...pool });
    const message = { envelope: { from: envelope.from, to: [...envelope.to] }, raw: raw as Buffer };
    await Promise.all(Array.from({ length: messages }, () => transport.sendMail(message)));
    transport.close();
  },
  async [smtpSource](port, messages, { length }) {
    const load = ['-s', '1', '-m', String(messages), '-l', String(length), '-d'];
    const route = ['-f', envelope.from, '-t', envelope.to[0]!, `127.0.0.1:${port}`];
    execFileSync(findProgram('smtp-source')!, [...load, ...route]);
  },
};
