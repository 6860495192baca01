import { expect, test } from 'vitest';
import { runProgram } from './program.ts';

test('every mutant still finds the one place that it changes', async () => {
  const { code, text } = await runProgram('node', ['packages/smtp-core/mutants/stale.ts']);
  expect(text).toBe('');
  expect(code).toBe(0);
});
