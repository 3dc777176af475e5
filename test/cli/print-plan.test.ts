import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { printPlan, printPlans } from '../../shared/cli/print-plan.ts';
import { digitsJob, inlineContext } from '../pipeline/inline-context.ts';

const context = inlineContext();
const environmentOf = (stdout: PassThrough) => ({
  stdout,
  stderr: new PassThrough(),
  cwd: '.',
  env: {},
});

test('one line a step', async () => {
  const stdout = new PassThrough();
  const job = digitsJob({ variants: ['int4'] });
  expect(await printPlan(job, context, environmentOf(stdout), {})).toBe(0);
  expect(String(stdout.read())).toMatch(
    /^digits: \d+ steps, about .* with nothing in the store [\s\S]*int4: compress {2,}about/,
  );
});

test('what is not made is a line with its reason; nothing but that is exit 3, as in a run', async () => {
  const stdout = new PassThrough();
  const plan = (variants: string[]) =>
    printPlan(digitsJob({ variants }), context, environmentOf(stdout), {});
  expect(await plan(['pruned-50', 'int4'])).toBe(0);
  expect(String(stdout.read())).toMatch(/\n {2}– pruned-50 skipped: pruned-50 changes or trains/);
  expect(await plan(['pruned-50'])).toBe(3);
  expect(String(stdout.read())).not.toMatch(/pruned-50: compress/);
  expect(await plan(['float32', 'pruned-50'])).toBe(0);
});

test('of several jobs one after another, or one array', async () => {
  const stdout = new PassThrough();
  const jobs = [digitsJob({ variants: ['int4'] }), digitsJob({ variants: ['slim-50'] })];
  expect(await printPlans(jobs, context, environmentOf(stdout), {})).toBe(0);
  expect(String(stdout.read()).match(/^digits: /gm)).toHaveLength(2);
  expect(await printPlans(jobs.slice(1), context, environmentOf(stdout), { json: true })).toBe(3);
  expect(JSON.parse(String(stdout.read()))).toEqual([
    expect.objectContaining({
      schema: 'fettle.plan/1',
      skipped: [expect.objectContaining({ variant: 'slim-50' })],
    }),
  ]);
});

test('data that is not there and shapes that do not fit are found', async () => {
  const plan = (change: Parameters<typeof digitsJob>[0]) =>
    printPlan(digitsJob(change), context, environmentOf(new PassThrough()), {});
  await expect(plan({ data: { all: { path: '/none.npz' } } })).rejects.toMatchObject({
    exitCode: 2,
  });
  await expect(plan({ inputs: { imagee: [1, 8, 8, 1] } })).rejects.toMatchObject({ exitCode: 2 });
});
