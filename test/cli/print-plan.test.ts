import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { printPlan } from '../../shared/cli/print-plan.ts';
import { digitsJob, inlineContext } from '../pipeline/inline-context.ts';

test('one line a step', async () => {
  const stdout = new PassThrough();
  const environment = { stdout, stderr: new PassThrough(), cwd: '.', env: {} };
  await printPlan(digitsJob({ variants: ['int4'] }), inlineContext(), environment, false);
  expect(String(stdout.read())).toMatch(
    /^digits: \d+ steps, about [\s\S]*int4: compress {2,}about/,
  );
});
