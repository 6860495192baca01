import { existsSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { filesBelow, root } from './source-file.ts';

/** The projects that run in a runtime, which the table calls by that name. */
const projects = {
  Node: ['mailer', 'interop', 'examples'],
  workerd: ['mailer-workerd'],
  Chromium: ['mailer-browser'],
};

interface Row {
  readonly text: string;
  readonly title: string;
  /** The test file, from the root. */
  readonly proof: string;
  /** The example, where there is one. */
  readonly program: string | undefined;
  readonly runsIn: string;
}

const [table] = filesBelow('docs', /^parity\.md$/);
const rows = table!.text
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (Python \||in the tutorial \||---)/.test(line))
  .map((text): Row => {
    const links = [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title, target]) => ({
      title: title!,
      path: posix.join('docs', target!),
    }));
    const proofs = links.filter(({ path }) => path.endsWith('.test.ts'));
    expect(proofs, text).toHaveLength(1);
    return {
      text,
      title: proofs[0]!.title,
      proof: proofs[0]!.path,
      program: links.find(({ path }) => path.startsWith('examples/'))?.path,
      runsIn: text.split('|').at(-2)!.trim(),
    };
  });

const sources = new Map(
  ['packages', 'test']
    .flatMap(folder => filesBelow(folder, /\.test\.ts$/))
    .map(file => [file.path, file.text]),
);

/** Which runtimes run a test file, by vitest's own account. */
async function runtimesByFile(): Promise<Map<string, Set<string>>> {
  const names = Object.values(projects).flat();
  const args = ['list', '--filesOnly', '--json', ...names.flatMap(name => ['--project', name])];
  const { code, stdout, text } = await runProgram('vitest', args);
  expect(code, text).toBe(0);
  const listed = JSON.parse(stdout.slice(stdout.indexOf('[\n'), stdout.lastIndexOf(']') + 1)) as {
    file: string;
    projectName: string;
  }[];
  const found = new Map<string, Set<string>>();
  for (const [runtime, names] of Object.entries(projects)) {
    // Of a browser's project the name goes on: mailer-browser (chromium).
    const files = listed.filter(({ projectName }) => names.includes(projectName.split(' ')[0]!));
    expect(files.length, runtime).toBeGreaterThan(10);
    for (const file of files.map(({ file }) => relative(root, file))) {
      found.set(file, (found.get(file) ?? new Set()).add(runtime));
    }
  }
  return found;
}

test('each row of the parity table links to a test by the beginning of its title', () => {
  expect(rows.length).toBeGreaterThan(70);
  const opened = ({ title, proof }: Row) =>
    ["'", '`', '"'].some(quote => sources.get(proof)?.includes(`${quote}${title}`));
  expect(rows.filter(row => !opened(row)).map(({ text }) => text)).toEqual([]);
});

test('each row says in which runtimes its test runs, and leaves none out', async () => {
  const runtimes = await runtimesByFile();
  const truth = ({ proof }: Row) =>
    Object.keys(projects)
      .filter(runtime => runtimes.get(proof)?.has(runtime))
      .join(' · ');
  const wrong = rows.filter(row => row.runsIn !== truth(row));
  expect(wrong.map(row => `${row.text} runs in ${truth(row)}`)).toEqual([]);
});

test('what a tutorial shows is a program that its test runs', () => {
  const shown = rows.filter(({ program }) => program !== undefined);
  const lost = shown.filter(
    ({ program, proof }) =>
      !existsSync(join(root, program!)) || !sources.get(proof)?.includes(program!.slice('examples/'.length)),
  );
  expect(lost.map(({ text }) => text)).toEqual([]);
  const basics = filesBelow('examples/basics', /\.ts$/).map(({ path }) => path);
  expect(basics.filter(path => !shown.some(({ program }) => program === path))).toEqual([]);
});
