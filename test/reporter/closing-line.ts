import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with the one line that sums it up. A skipped test is a failure: nothing here may go unrun in silence. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    for (const module of modules) {
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else {
          failed++;
          if (state !== 'failed') console.error(`Did not run: ${module.moduleId} > ${test.fullName}`);
        }
      }
    }
    if (failed > 0) process.exitCode = 1;
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}
