import { contract } from '../contract/index.ts';
import { type Runtime, runtimes } from '../contract/runtime.ts';
import { runProgram } from '../house/program.ts';

const KIB = 1024;

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** What each runtime can do, as the contract suite is told and holds it to. */
export function runtimeTable(): string {
  const cases = Object.values(contract).flat().length;
  const yes = (runtime: Runtime, capability: Runtime['capabilities'][number]) =>
    runtime.capabilities.includes(capability) ? 'yes' : 'through the relay';
  return [
    row(['runtime', 'connector', 'TCP, TLS and sign-in', 'chooses whom to trust', 'contract']),
    '|---|---|---|---|---|',
    ...Object.values(runtimes).map((runtime: Runtime) =>
      row([
        runtime.title,
        `\`${runtime.connector}\``,
        yes(runtime, 'sockets'),
        runtime.capabilities.includes('trust') ? 'yes' : 'the runtime does',
        `${cases} of ${cases}`,
      ]),
    ),
  ].join('\n');
}

/** Sizes of typical imports, minified and brotli-compressed with all they need. */
export async function sizeTable(): Promise<string> {
  const { text } = await runProgram('size-limit', ['--json']);
  const measured = JSON.parse(text.slice(text.indexOf('['))) as { name: string; size: number }[];
  return [
    row(['import', 'size']),
    '|---|---|',
    ...measured.map(({ name, size }) => row([name, `${(size / KIB).toFixed(1)} KiB`])),
  ].join('\n');
}
