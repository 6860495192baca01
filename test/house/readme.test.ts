import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listen } from '@posthaste/bridge/listen';
import { expect, test } from 'vitest';
import { root } from './source-file.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the first program of the README sends a message', async () => {
  const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const received: string[] = [];
  await using inbox = await listen({
    server: { serverName: 'inbox.test', extensions: ['PIPELINING'] },
    handler: { onMessage: ({ content }) => void received.push(new TextDecoder().decode(content)) },
  });
  // Inside the workspace, so that the packages are found as they would be by whoever installed them.
  const folder = mkdtempSync(join(root, 'test', 'house', '.readme-'));
  try {
    const path = join(folder, 'program.ts');
    expect(program).toContain('port: 2525');
    writeFileSync(path, program.replace('port: 2525', `port: ${inbox.port}`));
    const { stdout } = await promisify(execFile)(process.execPath, [path]);
    expect(stdout).toBe('accepted bob@example.net\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(received).toHaveLength(1);
  expect(received[0]).toMatch(/^Subject: =\?utf-8\?/im);
});

test('two lines do all the set-up', () => {
  expect(readme.split('\n').slice(0, 30).join('\n')).toMatch(/npm ci && npm start[\s\S]*npm ci && npm test/);
});
