import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/**
 * Ends a run with the one line that sums it up. A skipped test is a failure, and so is an error outside of every test:
 * nothing here may go unrun in silence, and nothing may pass at a second try without being named.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    const wavering: TestCase[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else {
          failed++;
          if (state !== 'failed') console.error(`Did not run: ${nameOf(test)}`);
        }
        if (test.diagnostic()?.flaky) wavering.push(test);
      }
    }
    if (failed > 0) process.exitCode = 1;
    for (const test of wavering) {
      console.error(`Passed only at the second try: ${nameOf(test)}`);
      for (const { stack, message } of test.result().errors ?? []) console.error(stack ?? message);
    }
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}

function nameOf({ module, fullName }: TestCase): string {
  return `${module.moduleId} > ${fullName}`;
}
