import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listen } from '@posthaste/bridge/listen';
import { expect, test } from 'vitest';
import { bunPath } from '../provision/bun.ts';
import type { Refused } from './missing-file-alone.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const deno = join(folder, '..', '..', 'node_modules', '.bin', 'deno');

test.each([
  ['Node', [process.execPath]],
  ['Deno', [deno, 'run', '--allow-all', '--no-lock']],
  ['Bun', [bunPath(), 'run']],
] as const)(
  'on %s a file that is missing fails its message, and not the process',
  async (_, [program, ...args]) => {
    const received: string[] = [];
    await using listener = await listen({
      server: { serverName: 'mx.test' },
      handler: { onMessage: ({ envelope }) => void received.push(...envelope.to) },
    });
    const { stdout } = await promisify(execFile)(
      program,
      [...args, 'missing-file-alone.ts', String(listener.port)],
      { cwd: folder, timeout: 120_000 },
    );
    const refused = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Refused);
    expect(refused).toEqual(
      ['while the composer is loaded', 'once it is loaded', 'ready-made', 'a part', 'octets as they are'].map(
        message => ({ message, reason: 'ENOENT' }),
      ),
    );
    expect(received).toEqual([]);
  },
);
