import { execFileSync } from 'node:child_process';
import { compose, encodeBase64, encodeQuotedPrintable, encodeWords } from '@posthaste/mime';
import { race } from './mime-rounds.ts';

const line = 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\r\n';
const subject = 'Grüße aus Köln und Übermorgen mehr davon';
const repeats = 1500;

/** The same jobs with the standard library of Python, which keeps its own clock. */
const script = `
import base64, json, quopri, statistics, sys, time
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
line, subject, repeats = json.load(sys.stdin)
octets = bytes(i * 31 & 255 for i in range(102400))
prose = (line * repeats).encode()
def tiny():
    message = EmailMessage(policy=SMTP)
    message['From'], message['To'], message['Subject'] = 'ann@example.org', 'bob@example.net', 'Hello'
    message.set_content('Hello, Bob.\\n')
    return message.as_bytes()
def alternative():
    message = EmailMessage(policy=SMTP)
    message['From'], message['To'], message['Subject'] = 'ann@example.org', 'bob@example.net', subject
    message.set_content(line * 20)
    message.add_alternative('<p>' + line * 20, subtype='html')
    return message.as_bytes()
jobs = {
    'base64, 100 KiB': lambda: base64.encodebytes(octets),
    'quoted-printable, 100 KiB': lambda: quopri.encodestring(prose),
    'encoded words': lambda: Header(subject, 'utf-8', header_name='Subject').encode(),
    'compose, tiny text': tiny,
    'compose, alternative': alternative,
}
def measure(job):
    times = []
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6
print(json.dumps({name: measure(job) for name, job in jobs.items()}))
`;

/** Python's email package, in a process of its own before and after ours since it cannot take turns with us. */
export async function benchPython(): Promise<void> {
  const python = (): Record<string, number> =>
    JSON.parse(
      execFileSync('python3', ['-c', script], {
        input: JSON.stringify([line, subject, repeats]),
        encoding: 'utf8',
      }),
    );
  const octets = Uint8Array.from({ length: 102_400 }, (_, at) => (at * 31) & 255);
  const prose = new TextEncoder().encode(line.repeat(repeats));
  const message = { from: 'ann@example.org', to: 'bob@example.net' };
  const before = python();
  const ours = await race([
    { name: 'base64, 100 KiB', run: () => encodeBase64(octets, { lineLength: 76 }) },
    { name: 'quoted-printable, 100 KiB', run: () => encodeQuotedPrintable(prose) },
    { name: 'encoded words', run: () => encodeWords(subject, { firstColumn: 9 }) },
    {
      name: 'compose, tiny text',
      run: () => compose({ ...message, subject: 'Hello', text: 'Hello, Bob.\n' }).bytes(),
    },
    {
      name: 'compose, alternative',
      run: () =>
        compose({ ...message, subject, text: line.repeat(20), html: `<p>${line.repeat(20)}` }).bytes(),
    },
  ]);
  const after = python();
  console.log('\nPython, the mean of a run before and one after ours');
  for (const [name, microseconds] of ours) {
    const theirs = (before[name]! + after[name]!) / 2;
    const times = `${microseconds.toFixed(2).padStart(12)} µs${theirs.toFixed(2).padStart(12)} µs`;
    console.log(`  ${name.padEnd(34)}${times}${(theirs / microseconds).toFixed(2).padStart(9)}x`);
  }
}
