import { execFileSync } from 'node:child_process';

const MIB = 1 << 20;

/** Programs of their own, since only a fresh process tells what a job costs; each prints its peak in KiB. */
const programs = {
  baseline: `
    const { compose } = await import('@posthaste/mime');
    await compose({ from: 'ann@example.org', to: 'bob@example.net', text: 'x' }).bytes();`,
  'ours, 25 MiB': `
    const { compose } = await import('@posthaste/mime');
    const content = new Uint8Array(${25 * MIB}).fill(7);
    const composed = compose({ from: 'ann@example.org', to: 'bob@example.net', text: 'x', attachments: [{ filename: 'a.bin', content }] });
    const octets = await composed.bytes();
    if (octets.length < ${33 * MIB}) throw new Error('Too short');`,
  'nodemailer, 25 MiB': `
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
    const content = Buffer.alloc(${25 * MIB}, 7);
    const mail = new MailComposer({ from: 'ann@example.org', to: 'bob@example.net', text: 'x', attachments: [{ filename: 'a.bin', content }] });
    await new Promise((resolve, reject) => mail.compile().build((error, octets) => (error ? reject(error) : resolve(octets))));`,
  'reading 1 GiB, not composing': streaming(1024, 'content', 1),
  'ours, stream of 64 MiB': streaming(64),
  'ours, stream of 256 MiB': streaming(256),
  'ours, stream of 1 GiB': streaming(1024),
} as const;

/** Reads a message, or only what would be in it, from a source that makes a new chunk each time. */
function streaming(mebibytes: number, read = 'composed.stream()', growth = 1.36): string {
  return `
    const { compose } = await import('@posthaste/mime');
    let left = ${mebibytes * 16};
    const content = new ReadableStream({
      pull(controller) {
        if (left-- === 0) controller.close();
        else controller.enqueue(new Uint8Array(65536).fill(left & 255));
      },
    }, { highWaterMark: 0 });
    const composed = compose({ from: 'ann@example.org', to: 'bob@example.net', text: 'x', attachments: [{ filename: 'a.bin', content }] });
    let octets = 0;
    for await (const chunk of ${read}) octets += chunk.length;
    if (octets < ${mebibytes * MIB * growth}) throw new Error('Too short');`;
}

function peakMiB(program: string): number {
  const printed = execFileSync(
    process.execPath,
    [
      '--no-strip-types',
      '--input-type=module',
      '--eval',
      `${program}\nconsole.log(process.resourceUsage().maxRSS);`,
    ],
    {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    },
  );
  return Number(printed) / 1024;
}

/** Peak resident memory of whole processes. */
export async function benchMemory(): Promise<void> {
  const peaks = new Map(Object.entries(programs).map(([name, program]) => [name, peakMiB(program)]));
  const baseline = peaks.get('baseline')!;
  console.log('\npeak memory of a process, above that of composing a line of text');
  for (const [name, peak] of peaks) {
    const above = peak - baseline;
    const payload = name.includes('25 MiB') ? `  payload and ${(above / 25 - 1).toFixed(2)}x of it` : '';
    console.log(
      `  ${name.padEnd(34)}${peak.toFixed(1).padStart(12)} MiB${above.toFixed(1).padStart(10)} MiB${payload}`,
    );
  }
}
