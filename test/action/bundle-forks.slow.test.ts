/** Two jobs for a pull request of a fork: one opens its models and may write nothing, one writes and opens none. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Pull, type Repository, workflowRunEvent } from '../emulators/github/start-github.ts';
import { configOf, startWorld, USUAL, type World, type WorldRun } from './_bundle.ts';
import { onnxModel } from './_models.ts';
import { jobOutputs } from './_runner.ts';

let world: World;
let fork: Repository;
let pull: Pull;

beforeEach(async () => {
  world = await startWorld();
  fork = world.github.fork(world.repository, 'mallory');
  fork.push(
    'evil',
    { 'models/a.onnx': onnxModel(66), 'fettle.yml': configOf(['a']).replace('100 kB', '9 GB') },
    { from: 'main' },
  );
  pull = world.repository.openPull({ head: 'evil', headRepository: fork });
});
afterEach(async () => {
  const { problems } = world.github;
  await world[Symbol.asyncDispose]();
  expect(problems).toEqual([]);
});

const measure = (): Promise<WorldRun> =>
  world.run(workflowRunEvent(world.repository, pull), {
    permissions: { contents: 'read', 'pull-requests': 'read' },
    inputs: { comment: 'none', 'fail-on': 'never' },
  });

const comment = (numbers: string): Promise<WorldRun> =>
  world.run(workflowRunEvent(world.repository, pull), { permissions: USUAL, inputs: { numbers } });

it('numbers go from one to the other, and are judged by the base', async () => {
  world.fates.set('a', 'broken');
  const first = await measure();
  expect(first).toMatchObject({ exitCode: 0, writes: [] });
  const { numbers = '' } = jobOutputs(first, [first.token]);
  expect(numbers).not.toMatch(/9 GB|models\/a|"a"/);
  const asked = world.api.asked.length;
  const second = await comment(numbers);
  expect(second).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
  expect(world.api.asked).toHaveLength(asked);
  expect(pull.comments).toMatchObject([
    {
      author: { login: 'github-actions[bot]' },
      body: expect.stringMatching(/budget 100 kB: broken/),
    },
  ]);
  expect(pull.threads).toMatchObject([{ path: 'models/a.onnx', subject: 'file' }]);
  // The configuration is read; no model is.
  const read = second.requests.filter((operation) => operation === 'git/get-blob');
  expect(read.length).toBeLessThanOrEqual(1);
  expect((await comment(numbers)).writes).toEqual([]);
});

it.each([
  ['no JSON', 'ok'],
  ['another document', '{"schema":"fettle.report/1","models":[]}'],
  ['text of its own', '{"models":[{"key":"x","note":"<img src=x>@alice"}]}'],
  ['more than fits', `"${'x'.repeat(125_000)}"`],
])('hostile: %s is refused, and nothing of it is said', async (_, numbers) => {
  const done = await comment(numbers);
  expect(done.exitCode).toBe(1);
  const said = [...pull.comments, ...pull.threads.flatMap(({ comments }) => comments)];
  expect(JSON.stringify(said)).not.toMatch(/img src|@alice|xxxx/);
  expect(done.outputs.verdict ?? 'failed').toBe('failed');
});

it('numbers of good models cannot hide one that was not measured', async () => {
  const first = await measure();
  const numbers = first.outputs.numbers ?? '';
  fork.push('evil', { 'models/b.onnx': onnxModel(67) });
  const done = await comment(numbers);
  expect(done.exitCode).toBe(1);
});

it('a pull request that has a newer commit is left alone', async () => {
  const event = workflowRunEvent(world.repository, pull);
  fork.push('evil', { 'models/a.onnx': onnxModel(68) });
  const done = await world.run(event, { inputs: { comment: 'none' } });
  expect(done).toMatchObject({ exitCode: 0, writes: [] });
  expect(world.api.asked).toEqual([]);
});

it('150 models fit into what a job may hand on', async () => {
  const names = Array.from({ length: 150 }, (_, index) => `m${index}`);
  const files = (value: number) =>
    Object.fromEntries(
      names.map((name, n) => [`models/${name}.onnx`, onnxModel((n + value) % 256)]),
    );
  world.repository.push('main', { 'fettle.yml': configOf(names), ...files(0) });
  fork.push('many', files(1), { from: world.repository.commitAt('main').sha });
  pull = world.repository.openPull({ head: 'many', headRepository: fork });
  for (const name of names.slice(0, 5)) world.fates.set(name, 'broken');
  const first = await measure();
  const { numbers = '' } = jobOutputs(first, [first.token]);
  const second = await comment(numbers);
  expect(second).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
  expect(pull.comments[0]?.body).toMatch(/150 models: 5 regressed/);
  expect(pull.threads).toHaveLength(5);
});
