import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listen } from '@posthaste/bridge/listen';
import { expect, test } from 'vitest';
import { makeCertificate } from '../peer/certificate.ts';
import type { Errand } from './permitted-alone.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const deno = join(folder, '..', '..', 'node_modules', '.bin', 'deno');

test.each([
  ['its own name is the one it was given', { clientName: 'client.example.org' }, 'client.example.org'],
  ['its own name is an address, for it may not ask for another', {}, '[127.0.0.1]'],
])('Deno sends with --allow-net alone: %s', async (_, more, clientName) => {
  const { ca, cert, key } = makeCertificate();
  const greeted: string[] = [];
  const received: string[] = [];
  await using listener = await listen({
    mode: 'starttls',
    cert,
    key,
    server: { serverName: 'mx.test' },
    handler: {
      onHello: ({ name }) => void greeted.push(name),
      onMessage: ({ envelope }) => void received.push(...envelope.to),
    },
  });
  const errand: Errand = { ca, port: listener.port, ...more };
  await promisify(execFile)(
    deno,
    ['run', '--no-prompt', '--no-lock', '--allow-net', 'permitted-alone.ts', JSON.stringify(errand)],
    { cwd: folder, timeout: 120_000 },
  );
  expect(received).toEqual(['bob@example.net']);
  expect(new Set(greeted)).toEqual(new Set([clientName]));
});
