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

interface Package {
  readonly name: string;
  readonly job: string;
  readonly standsOn: string;
  /** The import whose size is told, as `.size-limit.json` calls it. */
  readonly main: string;
}

const packages: readonly Package[] = [
  {
    name: 'mime',
    job: 'a message to octets, and nothing else',
    standsOn: 'nothing',
    main: 'mime: compose',
  },
  {
    name: 'smtp-core',
    job: 'the SMTP machines, client and server, without I/O',
    standsOn: 'nothing',
    main: 'smtp-core: SmtpClient',
  },
  {
    name: 'bridge',
    job: 'a machine on a socket: Node, Workers, Deno, Bun, WebSocket relay, memory',
    standsOn: 'smtp-core',
    main: 'bridge: openConnection',
  },
  {
    name: 'mailer',
    job: 'the front door: one object to write, one receipt back',
    standsOn: 'the three above',
    main: 'mailer: createMailer',
  },
];

/** Octets of an import with all it needs, minified and brotli-compressed, by its name in `.size-limit.json`. */
type Sizes = ReadonlyMap<string, number>;

/** Measures every import of `.size-limit.json`. */
export async function measureSizes(): Promise<Sizes> {
  const { text } = await runProgram('size-limit', ['--json']);
  const measured = JSON.parse(text.slice(text.indexOf('['))) as { name: string; size: number }[];
  return new Map(measured.map(({ name, size }) => [name, size]));
}

/** The packages, each with the size of its main import. */
export function packageTable(sizes: Sizes): string {
  const sizeOf = (main: string) => sizes.get(main)! / KIB;
  return [
    row(['package', 'job', 'stands on', 'size']),
    '|---|---|---|---|',
    ...packages.map(({ name, job, standsOn, main }) =>
      row([`[\`${name}\`](packages/${name})`, job, standsOn, `${sizeOf(main).toFixed(1)} KiB`]),
    ),
  ].join('\n');
}

/** What the imports of one package take, each alone. */
export function importTable(sizes: Sizes, name: string): string {
  const imports = [...sizes].filter(([each]) => each.startsWith(`${name}: `));
  return [
    row(['import', 'octets']),
    '|---|--:|',
    ...imports.map(([each, size]) =>
      row([each.slice(name.length + 2).replace(/\b(?!and\b)\w+/g, '`$&`'), `${size}`]),
    ),
  ].join('\n');
}
