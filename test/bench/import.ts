// What importing a mailer costs: time in a process of its own, peers taking turns, and octets to ship.
// Fails when createMailer takes more than 0.15 of what nodemailer takes.
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const ROUNDS = Number(process.argv[2] ?? 25);
const MOST = 0.15;

/** Imports as a program would write them, by what they are called in the report. */
const imports: Readonly<Record<string, string>> = {
  posthaste: "import { createMailer } from '@posthaste/mailer'; globalThis.used = createMailer;",
  nodemailer: "import nodemailer from 'nodemailer'; globalThis.used = nodemailer.createTransport;",
};

/** Milliseconds until the module is there, in a fresh process. */
function coldImport(code: string): number {
  const specifier = /from ('[^']+')/.exec(code)![1];
  const program = `const start = performance.now(); await import(${specifier}); console.log(performance.now() - start)`;
  const run = ['--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, run, { cwd: import.meta.dirname, encoding: 'utf8' }));
}

/** Octets that a bundle for Node loads at the start, and all it may load later, minified. */
async function bundleSize(code: string): Promise<{ start: number; zipped: number; later: number }> {
  const bundle = await rolldown({
    input: 'program',
    platform: 'node',
    cwd: import.meta.dirname,
    plugins: [
      {
        name: 'program',
        resolveId: (id: string) => (id === 'program' ? `${import.meta.dirname}/program.mjs` : null),
        load: (id: string) => (id.endsWith('/program.mjs') ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const chunks = output.filter(({ type }) => type === 'chunk') as {
    fileName: string;
    code: string;
    imports: string[];
  }[];
  const entry = chunks[0]!;
  const needed = new Set([entry.fileName]);
  for (const name of needed) {
    for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? [])
      needed.add(imported);
  }
  const size = (part: typeof chunks) => part.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.code), 0);
  const start = chunks.filter(({ fileName }) => needed.has(fileName));
  return {
    start: size(start),
    zipped: gzipSync(start.map(chunk => chunk.code).join('')).length,
    later: size(chunks) - size(start),
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const times: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, code] of Object.entries(imports)) {
    const ms = coldImport(code);
    // The first round brings the files into memory.
    if (round > 0) (times[name] ??= []).push(ms);
  }
}

console.log(`Cold import in a process of its own, median of ${ROUNDS} rounds; bundle for Node, minified\n`);
for (const [name, code] of Object.entries(imports)) {
  const { start, zipped, later } = await bundleSize(code);
  const kib = (octets: number) => `${(octets / 1024).toFixed(1)} KiB`;
  console.log(
    `${name.padEnd(12)} ${median(times[name]!).toFixed(1).padStart(6)} ms   ${kib(start)} (${kib(zipped)} gzip) at the start, ${kib(later)} later`,
  );
}
const ratio = median(times.posthaste!) / median(times.nodemailer!);
console.log(`\nratio ${ratio.toFixed(3)}, at most ${MOST}`);
if (ratio > MOST) process.exitCode = 1;
