import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { printPlan, printPlans } from '../../shared/cli/print-plan.ts';
import { planInAws } from '../../shared/pipeline/distributed/plan-in-aws.ts';
import { planJob, planSchema } from '../../shared/pipeline/plan.ts';
import { readSource } from '../../shared/pipeline/stages/source.ts';
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
    /^digits: \d+ steps, about .* with nothing in the store .*\nin AWS about \$0\.00\d\d, by the list prices of us-east-1, \d{4}-\d\d\n[\s\S]*int4: compress {2,}about .* \$0\.000\d in AWS \(work\)\n/,
  );
});

test('what is trained is lines for its network and for each precision of it', async () => {
  const stdout = new PassThrough();
  const job = digitsJob({ variants: ['slim-50', 'slim-50+int8'] });
  expect(await printPlan(job, context, environmentOf(stdout), {})).toBe(0);
  const text = String(stdout.read());
  expect(text.match(/ {2}slim-50: train .* in AWS \(work\)\n/g)).toHaveLength(1);
  expect(text).toMatch(/epochs are counted as for 10,000 samples/);
  expect(text).toMatch(/ {2}slim-50: finish /);
  expect(text).toMatch(/ {2}slim-50\+int8: compress /);
});

test('of several jobs one after another, or one array', async () => {
  const stdout = new PassThrough();
  const jobs = [digitsJob({ variants: ['int4'] }), digitsJob({ variants: ['int8'] })];
  expect(await printPlans(jobs, context, environmentOf(stdout), {})).toBe(0);
  expect(String(stdout.read()).match(/^digits: /gm)).toHaveLength(2);
  expect(await printPlans(jobs.slice(1), context, environmentOf(stdout), { json: true })).toBe(0);
  expect(JSON.parse(String(stdout.read()))).toEqual([
    expect.objectContaining({ schema: 'fettle.plan/1', skipped: [] }),
  ]);
});

test('what a plan costs in AWS is what the stack would do there, in parts where the model is large', async () => {
  const stdout = new PassThrough();
  const job = digitsJob({ variants: ['int4'] });
  expect(await printPlan(job, context, environmentOf(stdout), { json: true })).toBe(0);
  const plan = planSchema.parse(JSON.parse(String(stdout.read())));
  expect(plan).toEqual(planInAws(planJob(job, await readSource(job, {}), context)));
});

test('data that is not there and shapes that do not fit are found', async () => {
  const plan = (change: Parameters<typeof digitsJob>[0]) =>
    printPlan(digitsJob(change), context, environmentOf(new PassThrough()), {});
  await expect(plan({ data: { all: { path: '/none.npz' } } })).rejects.toMatchObject({
    exitCode: 2,
  });
  await expect(plan({ inputs: { imagee: [1, 8, 8, 1] } })).rejects.toMatchObject({ exitCode: 2 });
});
