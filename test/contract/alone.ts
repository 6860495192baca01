// The contract without a test runner, for runtimes that have none of ours: prints one JSON line for each case.
import { contract } from './index.ts';
import { socketSubject } from './subject.ts';

/** What became of one case. */
export interface Verdict {
  readonly name: string;
  readonly error?: string;
}

const environment = (globalThis as { process?: { env: Record<string, string> } }).process!.env;
const subject = socketSubject(JSON.parse(environment.POST_OFFICE!), JSON.parse(environment.CAPABILITIES!));

for (const [chapter, cases] of Object.entries(contract)) {
  for (const { name, run } of cases) {
    const verdict: Verdict = await run(subject).then(
      () => ({ name: `${chapter} > ${name}` }),
      error => ({ name: `${chapter} > ${name}`, error: String(error.stack ?? error) }),
    );
    console.log(JSON.stringify(verdict));
  }
}
