import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const mime = fileURLToPath(new URL('../../packages/mime/', import.meta.url));
// Inside the workspace, so that the package is found as it would be by whoever installed it.
const folder = mkdtempSync(fileURLToPath(new URL('.readme-', import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readme = readFileSync(join(mime, 'README.md'), 'utf8');
const programs = Array.from(
  readme.matchAll(/```ts\n(.*?)```/gs),
  ([, program], i) => [`README ${i + 1}`, program ?? ''] as const,
);

const sources = readdirSync(join(mime, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
  /(?<!\.test)\.ts$/.test(name),
);
const examples = sources.flatMap(name =>
  Array.from(
    readFileSync(join(mime, 'src', name), 'utf8').matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms),
    ([, text = ''], i) => [`${name} ${i + 1}`, text.replaceAll(/^ *\* ?/gm, '')] as const,
  ),
);

test.each([...programs, ...examples.filter(([, program]) => program.includes("from '@posthaste/mime"))])(
  'the program of %s runs',
  async (name, program) => {
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`);
    writeFileSync(path, program);
    const { stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', path]);
    expect(stderr).toBe('');
  },
);

test('every public function of the composer has an example', () => {
  for (const name of [
    'compose',
    'formatDate',
    'parseDate',
    'makeMessageId',
    'domainToASCII',
    'formatMailbox',
    'parseMailbox',
    'parseAddressList',
    'lint',
    'reply',
    'forward',
    'resend',
    'entityOf',
    'inlineDataImages',
    'part',
    'textPart',
    'multipart',
    'signDkim',
  ]) {
    expect(
      examples.some(([, program]) => program.includes(`${name}(`)),
      name,
    ).toBe(true);
  }
});

test('every link of the README leads to a test of that name', () => {
  const links = [...readme.matchAll(/\[([^\]]+)\]\((src\/[^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(15);
  for (const [, title = '', path = ''] of links) {
    expect(existsSync(join(mime, path)), path).toBe(true);
    if (!/^(?:vectors|octets as chosen)$/.test(title))
      expect(readFileSync(join(mime, path), 'utf8')).toContain(title);
  }
});
