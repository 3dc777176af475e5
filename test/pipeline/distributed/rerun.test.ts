import { expect, test } from 'vitest';
import { collectingLog } from '../../../shared/base/log.ts';
import type { LookPorts } from '../../../shared/pipeline/distributed/look-ports.ts';
import {
  jobKeyOf,
  type RequestDraft,
  requestKey,
} from '../../../shared/pipeline/distributed/request.ts';
import {
  firstLook,
  type RerunAnswer,
  type RerunState,
  rerun,
} from '../../../shared/pipeline/distributed/rerun.ts';
import type { Toolchain } from '../../../shared/pipeline/distributed/toolchain.ts';
import { TestExecutions } from './_executions.ts';
import { listing, pointerTo, TestBucket } from './_listing.ts';

const OLD: Toolchain = { tool: '1', runtime: 'onnxruntime-node 1', steps: 's' };
const NEW: Toolchain = { ...OLD, runtime: 'onnxruntime-node 2' };

/** Buckets with published models, each with the toolchain that made it. */
class World {
  readonly inbox = new TestBucket();
  readonly outbox = new TestBucket();
  readonly executions = new TestExecutions();
  readonly log = collectingLog();

  async publish(name: string, toolchain: Toolchain, pointer = 'latest'): Promise<void> {
    const key = `${name}.keras`;
    this.inbox.drop(key, name);
    const { etag = '' } = (await this.inbox.head(key)) ?? {};
    const draft: RequestDraft = {
      name,
      inbox: 'inbox',
      prefix: '',
      model: [{ key, etag, bytes: name.length }],
      modelPath: key,
      data: [],
      sourceVersion: '2026-11-28T20:00:00.000Z',
      reason: 'upload',
      toolchain,
    };
    const request = requestKey(jobKeyOf(draft));
    this.outbox.drop(request, JSON.stringify({ ...draft, schema: 'fettle.request/1', attempt: 1 }));
    this.outbox.drop(`models/${name}/${pointer}.json`, pointerTo(request, toolchain));
    this.outbox.drop(`models/${name}/runs/1-2/report.json`, '{}');
  }

  /** A job that failed, as the newest of its model. */
  async fail(name: string, toolchain: Toolchain, changes: Partial<RequestDraft> = {}) {
    const key = `${name}.onnx`;
    this.inbox.drop(key, `${name}, newer`);
    const { etag = '' } = (await this.inbox.head(key)) ?? {};
    const draft: RequestDraft = {
      ...{ name, inbox: 'inbox', prefix: '', modelPath: key, data: [], reason: 'upload' },
      model: [{ key, etag, bytes: 1 }],
      sourceVersion: '2026-11-28T21:00:00.000Z',
      toolchain,
      ...changes,
    };
    const jobKey = jobKeyOf(draft);
    const request = { ...draft, schema: 'fettle.request/1', attempt: 1 };
    this.outbox.drop(requestKey(jobKey), JSON.stringify(request));
    const run = `models/${name}/runs/unread-${jobKey.slice(0, 12)}`;
    this.outbox.drop(`${run}/error.json`, '{ "code": 3, "message": "no" }', 100);
  }

  ports(changes: Partial<LookPorts> = {}): LookPorts {
    return {
      inbox: this.inbox,
      outbox: this.outbox,
      executions: this.executions,
      log: this.log,
      count: () => {},
      toolchain: async () => NEW,
      maxJobs: 1000,
      now: () => 0,
      deadline: 1,
      ...changes,
    };
  }

  /** Looks until it is done; executions are over before each look. */
  async run(changes: Partial<LookPorts> = {}): Promise<RerunAnswer[]> {
    const answers: RerunAnswer[] = [];
    let state: RerunState = firstLook('scheduled');
    for (let looks = 0; looks < 100; looks++) {
      const answer = await rerun(state, this.ports(changes));
      answers.push(answer);
      if (answer.next === 'done') return answers;
      state = answer;
      this.executions.finish();
    }
    throw new Error('it never ends');
  }
}

test('all and only the affected are done again, once', async () => {
  const world = new World();
  for (const name of ['a', 'b/c', 'b/d', 'e'])
    await world.publish(name, name === 'b/d' ? NEW : OLD);
  const [answer] = await world.run();
  expect(answer).toEqual({
    rerun: { reason: 'scheduled', looked: 4, started: 3, after: 'models/e/latest.json' },
    seconds: 0,
    next: 'done',
  });
  expect(world.executions.models.sort()).toEqual(['a', 'b/c', 'e']);
  await world.run();
  expect(world.executions.started).toHaveLength(3);
  const key = `jobs/${world.executions.started[0]?.name.slice(0, 40)}.json`;
  const written = await world.outbox.get(key);
  expect(JSON.parse(Buffer.from(written?.bytes ?? []).toString())).toMatchObject({
    reason: 'scheduled',
    toolchain: NEW,
    attempt: 1,
  });
});

test('what waits to be used counts as done', async () => {
  const world = new World();
  await world.publish('a', OLD);
  await world.publish('a', NEW, 'candidate');
  await world.run();
  expect(world.executions.started).toEqual([]);
});

test('a thousand models of which nothing changed cost a read each', async () => {
  const world = new World();
  const pointers = new Map<string, string>();
  for (let model = 0; model < 1000; model++) {
    for (let run = 0; run < 5; run++) pointers.set(`models/m/${model}/runs/${run}/report.json`, '');
    pointers.set(`models/m/${model}/latest.json`, pointerTo(`jobs/${model}.json`, NEW));
  }
  world.outbox.list = async function* () {
    yield* listing(...[...pointers.keys()].sort());
  };
  const read: string[] = [];
  world.outbox.get = async (key) => {
    read.push(key);
    const text = pointers.get(key);
    const [info] = listing(key);
    return text !== undefined && info ? { bytes: Buffer.from(text), info } : undefined;
  };
  const [answer] = await world.run();
  expect(answer).toMatchObject({ next: 'done', rerun: { looked: 1000, started: 0 } });
  expect(world.executions.started).toEqual([]);
  expect(new Set(read).size).toBe(1000);
  expect(read).toHaveLength(1000);
});

test('half of the places, the others for uploads', async () => {
  const world = new World();
  const names = Array.from({ length: 40 }, (_, at) => `m${at + 10}`);
  for (const name of names) await world.publish(name, OLD);
  const answers = await world.run({ maxJobs: 20 });
  expect(answers.map(({ next, seconds, rerun: { started } }) => [next, seconds, started])).toEqual([
    ['again', 60, 10],
    ['again', 60, 20],
    ['again', 60, 30],
    ['done', 0, 40],
  ]);
  expect(answers.at(-1)?.rerun.looked).toBe(40);
  expect(world.executions.models.sort()).toEqual(names);
});

test('a look that runs out of time goes on where it was', async () => {
  const world = new World();
  for (let at = 0; at < 100; at++) await world.publish(`m${at + 100}`, OLD);
  let time = 0;
  let limit = 0;
  const now = () => time++;
  let state: RerunState = firstLook('requested');
  const afters: (string | undefined)[] = [];
  for (let looks = 0; looks < 10; looks++) {
    limit = time + 2;
    const answer = await rerun(state, world.ports({ now, deadline: limit }));
    afters.push(answer.rerun.after);
    if (answer.next === 'done') break;
    state = answer;
  }
  expect(afters).toEqual(['m163', 'm199'].map((name) => `models/${name}/latest.json`));
  expect(world.executions.started).toHaveLength(100);
});

test('what is gone from the inbox stays as it is', async () => {
  const world = new World();
  await world.publish('a', OLD);
  await world.inbox.delete(['a.keras']);
  await world.publish('b', OLD);
  world.outbox.drop('models/b/latest.json', pointerTo('jobs/none.json', OLD));
  await world.run();
  expect(world.executions.started).toEqual([]);
  expect([...world.log.lines].sort()).toEqual([
    'info: 2 models were looked at, 0 are done again',
    expect.stringMatching(/^info: a: .*not in the inbox/),
    expect.stringMatching(/^warn: b: the request of its run is gone/),
  ]);
});

test('what other versions failed at is tried again, once, and not what was wrong with the upload', async () => {
  const world = new World();
  await world.fail('never/done', OLD);
  await world.fail('today', NEW);
  await world.publish('later', NEW);
  await world.fail('later', OLD);
  const problem = { kind: 'InputError', message: 'there is no a.onnx', stack: '' } as const;
  await world.fail('wrong', OLD, { problem, model: [] });
  await world.run();
  expect(world.executions.models.sort()).toEqual(['later', 'never/done']);
  await world.run();
  expect(world.executions.started).toHaveLength(2);
});

test('a model whose name looks like a run is one', async () => {
  const world = new World();
  await world.publish('a/runs/b', OLD);
  await world.run();
  expect(world.executions.models).toEqual(['a/runs/b']);
});

test('a record that cannot be read stops no other model', async () => {
  const world = new World();
  await world.publish('a', OLD);
  world.outbox.drop('models/a/latest.json', '{ "of": "another version" }');
  await world.publish('b', OLD);
  await world.run();
  expect(world.executions.models).toEqual(['b']);
  expect(world.log.lines.join()).toContain('warn: a: what is known of it cannot be read');
});
