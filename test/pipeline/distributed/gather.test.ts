import { describe, expect, test } from 'vitest';
import { collectingLog } from '../../../shared/base/log.ts';
import {
  type GatherAnswer,
  type GatherPorts,
  type GatherState,
  gather,
} from '../../../shared/pipeline/distributed/gather.ts';
import { TestExecutions } from './_executions.ts';
import { pointerTo, START, TestBucket } from './_listing.ts';

const QUIET = 20;

/** An inbox and everything that a look at it needs; time stands at `ports.seconds`, from START. */
class World {
  readonly inbox = new TestBucket();
  readonly outbox = new TestBucket();
  readonly executions = new TestExecutions();
  readonly log = collectingLog();
  readonly counts: Record<string, number> = {};
  seconds = 0;

  ports(changes: Partial<GatherPorts> = {}): GatherPorts {
    return {
      inbox: this.inbox,
      outbox: this.outbox,
      executions: this.executions,
      log: this.log,
      count: (name, value) => {
        this.counts[name] = (this.counts[name] ?? 0) + value;
      },
      toolchain: async () => ({ tool: '1', runtime: 'r', steps: 's' }),
      bucket: 'inbox',
      maxJobs: 100,
      quietSeconds: QUIET,
      now: () => START + this.seconds * 1000,
      deadline: Number.POSITIVE_INFINITY,
      ...changes,
    };
  }

  /** An object arrives, a second after whatever came before; the state that its event begins with. */
  drop(key: string, content: string | Uint8Array = 'abc'): GatherState {
    this.seconds++;
    this.inbox.drop(key, content, this.seconds);
    return { key, time: new Date(START + this.seconds * 1000).toISOString(), seconds: QUIET };
  }

  /** Of the outbox. */
  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.outbox.list(prefix)) keys.push(key);
    return keys;
  }

  /** Looks, waiting as told, until it is done. */
  async run(state: GatherState, changes: Partial<GatherPorts> = {}): Promise<GatherAnswer> {
    let current: GatherState = state;
    for (let looks = 0; looks < 500; looks++) {
      this.seconds += current.seconds;
      const answer = await gather(current, this.ports(changes));
      if (answer.next === 'done') return answer;
      current = answer;
    }
    throw new Error('it never ends');
  }
}

test('a model starts when nothing arrived for a while, and only then', async () => {
  const world = new World();
  const a = world.drop('p/a.keras');
  world.seconds += 15;
  expect(await gather(a, world.ports())).toMatchObject({ next: 'again', seconds: 5 });
  const b = world.drop('p/b.keras');
  await world.run(a);
  expect(world.executions.models).toEqual([]);
  await world.run(b);
  expect(world.executions.models.toSorted()).toEqual(['p/a', 'p/b']);
  expect(world.counts).toEqual({ JobsStarted: 2 });
});

test('_READY starts at once what is there', async () => {
  const world = new World();
  const a = world.drop('p/a.keras');
  const mark = { ...world.drop('p/_READY', ''), seconds: 0 };
  await world.run(mark);
  expect(world.executions.models).toEqual(['p/a']);
  await world.run(a);
  expect(world.executions.models).toEqual(['p/a']);
});

test('an event twice, two that race, and one that comes late start nothing twice', async () => {
  const world = new World();
  const first = world.drop('p/a.keras');
  const second = world.drop('p/b.keras');
  world.seconds += QUIET;
  await Promise.all([first, first, second, second].map((state) => gather(state, world.ports())));
  await world.run(first);
  expect(world.executions.models.sort()).toEqual(['p/a', 'p/b']);
  expect(new Set(world.executions.started.map(({ name }) => name)).size).toBe(2);
});

test('configuration or data that come later start a new run', async () => {
  const world = new World();
  await world.run(world.drop('p/a.keras'));
  await world.run(world.drop('p/test.npz'));
  await world.run(world.drop('p/fettle.yml', 'version: 1\nmodels: { own: { source: a.keras } }'));
  expect(world.executions.models).toEqual(['p/a', 'p/a', 'own']);
  // For another model alone: of the first nothing changed.
  await world.run(
    world.drop(
      'p/fettle.yml',
      'version: 1\nmodels: { own: { source: a.keras }, x: { source: b.keras } }',
    ),
  );
  expect(world.executions.models.slice(3)).toEqual(['x']);
});

test('a failure is tried again when the model is uploaded again, what is published is not', async () => {
  const world = new World();
  await world.run(world.drop('a.keras'));
  world.executions.finish();
  const [request = ''] = await world.keys('jobs/');
  await world.run(world.drop('a.keras'));
  expect(world.executions.started.map(({ name }) => name.slice(-2))).toEqual(['-1', '-2']);
  world.outbox.drop('models/a/latest.json', pointerTo(request));
  await world.run(world.drop('a.keras'));
  expect(world.executions.started).toHaveLength(2);
});

describe('no more than maxJobs', () => {
  test('run at once; the others come as those end, all of them once', async () => {
    const world = new World();
    const names = Array.from({ length: 50 }, (_, at) => `m${String(at).padStart(2, '0')}`);
    let last = world.drop('p/x.md');
    for (const name of names) last = world.drop(`p/${name}.keras`);
    let state: GatherState = last;
    let looks = 0;
    for (;;) {
      world.seconds += state.seconds;
      const answer = await gather(state, world.ports({ maxJobs: 8 }));
      looks++;
      expect(world.executions.models.length).toBeLessThanOrEqual(8 * looks);
      if (answer.next === 'done') break;
      state = answer;
      world.executions.finish();
    }
    expect(world.executions.models.sort()).toEqual(names.map((name) => `p/${name}`));
    expect(looks).toBe(7);
  });

  test('after many looks they are rarer', async () => {
    const world = new World();
    world.drop('p/a.keras');
    const state = world.drop('p/b.keras');
    for (const [looks, seconds] of [
      [0, QUIET],
      [100, 101],
      [5000, 300],
    ] as const) {
      world.seconds += QUIET;
      const executions = new TestExecutions();
      const outbox = new TestBucket();
      const answer = await gather(
        { ...state, looks },
        world.ports({ maxJobs: 1, executions, outbox }),
      );
      expect(answer).toMatchObject({ next: 'again', seconds, looks: looks + 1 });
    }
  });

  test('a wait that brings nothing grows', async () => {
    const world = new World();
    await world.executions.start('other', {});
    let state: GatherState = world.drop('p/a.keras');
    const waits: number[] = [];
    for (let looks = 0; looks < 7; looks++) {
      world.seconds += state.seconds;
      state = await gather(state, world.ports({ maxJobs: 1 }));
      waits.push(state.seconds);
    }
    expect(waits).toEqual([40, 80, 160, 300, 300, 300, 300]);
  });
});

test('a look that runs out of time goes on where it was', async () => {
  const world = new World();
  let last = world.drop('p/x.md');
  for (let at = 10; at < 50; at++) last = world.drop(`p/m${at}.keras`);
  world.seconds += QUIET;
  let time = START + world.seconds * 1000;
  const now = () => time++;
  const limited = () => world.ports({ now, deadline: now() + 3 });
  const first = await gather(last, limited());
  expect(first).toMatchObject({ next: 'again', seconds: 0, cursor: 'p/m25' });
  const second = await gather(first, limited());
  expect(second).toMatchObject({ next: 'again', seconds: 0, cursor: 'p/m41' });
  expect(await gather(second, limited())).toMatchObject({ next: 'done' });
  expect(world.executions.models).toHaveLength(40);
});

describe('a model whose files are not all there', () => {
  test('waits for them, and starts when they are', async () => {
    const world = new World();
    world.drop('p/a.weights.h5');
    const state = world.drop('p/b.keras');
    world.seconds += QUIET;
    const answer = await gather(state, world.ports());
    expect(answer).toMatchObject({
      next: 'again',
      waiting: { names: ['p/a.weights'], seconds: QUIET },
    });
    expect(world.executions.models).toEqual(['p/b']);
    expect(world.log.lines).toContain(
      'info: p/a.weights waits for 1 files that it names: p/a.json',
    );
    // Its own event does it; so would the look that waits.
    await world.run(world.drop('p/a.json', '{}'));
    expect(world.executions.models).toEqual(['p/b', 'p/a.weights']);
    expect(await world.run(answer)).toMatchObject({ next: 'done' });
    expect(world.executions.started).toHaveLength(2);
  });

  test('is given up after half a day', async () => {
    const world = new World();
    await world.run(world.drop('p/a.weights.h5'));
    expect(world.seconds).toBeGreaterThan(12 * 3600 - 600);
    expect(world.seconds).toBeLessThan(13 * 3600);
    expect(world.executions.started).toEqual([]);
  });
});

test('what is of no use is said', async () => {
  const world = new World();
  world.drop('p/fettle.yml', 'version: 1\nmodels: { own: { source: a.keras, data: test.npz } }');
  for (const key of ['p/a.keras', 'p/other.keras', 'p/readme.md', 'p/x.npz']) world.drop(key);
  await world.run(world.drop('p/test.npz'));
  expect(world.counts).toMatchObject({ ObjectsIgnored: 2 });
  const said = world.log.lines.find((line) => line.includes('ignored')) ?? '';
  expect(said).toContain('p/other.keras: fettle.yml does not name it');
  expect(said).toContain('p/readme.md: it is neither');
});

test('a mistake in the configuration is an execution that says so', async () => {
  const world = new World();
  await world.run(world.drop('p/fettle.yml', 'version: 1\nmodels: { a: { source: none.onnx } }'));
  expect(world.executions.models).toEqual(['a']);
});

test('two models of one name are both done, and said to be', async () => {
  const world = new World();
  world.drop('p/a.keras');
  await world.run(world.drop('p/a.tflite'));
  expect(world.executions.models).toEqual(['p/a', 'p/a']);
  expect(world.log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
});

test('a model that is replaced while it is looked at is left to its own event', async () => {
  const world = new World();
  const state = world.drop('p/a.onnx');
  world.seconds += QUIET;
  const list = world.inbox.list.bind(world.inbox);
  world.inbox.list = async function* (prefix) {
    yield* list(prefix);
    world.inbox.drop('p/a.onnx', 'other', 0);
  };
  expect(await gather(state, world.ports())).toMatchObject({ next: 'done' });
  expect(world.executions.started).toEqual([]);
  expect(world.log.lines).toContain('info: p/a.onnx changed while it was looked at');
});

/** Uploads by the second of their arrival, with all looks that follow from them; gives when each model started. */
async function simulate(world: World, uploads: readonly (readonly [number, string])[]) {
  const starts = new Map<string, number>();
  const due: { at: number; state: GatherState }[] = [];
  const all = [...uploads];
  for (let looks = 0; looks < 5000; looks++) {
    due.sort((a, b) => a.at - b.at);
    const [next] = all;
    const [look] = due;
    if (next && (!look || next[0] <= look.at)) {
      all.shift();
      world.seconds = next[0] - 1;
      const state = world.drop(next[1], next[1]);
      due.push({ at: next[0] + state.seconds, state });
      continue;
    }
    if (!look) return { starts, looks };
    due.shift();
    world.seconds = look.at;
    const answer = await gather(look.state, world.ports());
    // Of those that start in one moment none is the first.
    for (const name of world.executions.models.toSorted())
      if (!starts.has(name)) starts.set(name, world.seconds);
    if (answer.next === 'again') due.push({ at: world.seconds + answer.seconds, state: answer });
  }
  throw new Error('it never ends');
}

describe('a prefix that never becomes quiet', () => {
  const second = (at: number): number => 10 * at + 3;
  const steady = Array.from(
    { length: 70 },
    (_, at) => [second(at), `m${String(at).padStart(3, '0')}.keras`] as const,
  );

  test('starts what is complete every five minutes, each once, and all in the end', async () => {
    const world = new World();
    const { starts, looks } = await simulate(world, steady);
    expect(world.executions.started).toHaveLength(70);
    const waited = steady.map(([at, key]) => (starts.get(key.replace('.keras', '')) ?? 1e9) - at);
    expect(Math.max(...waited)).toBeLessThanOrEqual(300 + 2 * QUIET);
    expect(Math.min(...waited)).toBeGreaterThanOrEqual(QUIET);
    // No look but that of each upload.
    expect(looks).toBe(2 * steady.length);
  });

  test('does not start a model that something still arrives for', async () => {
    const world = new World();
    const own = Array.from({ length: 60 }, (_, at) => [5 + 10 * at, 'own/data/x.npz'] as const);
    const { starts } = await simulate(world, [[1, 'own/a.keras'], ...own]);
    // Ten seconds apart, until 595.
    expect([...starts]).toEqual([['own/a', 595 + QUIET]]);
    expect(world.executions.started).toHaveLength(1);
  });

  test('two models that have nothing to do with each other start together when both are quiet', async () => {
    const world = new World();
    const { starts } = await simulate(world, [
      [1, 'a.keras'],
      [15, 'b.keras'],
    ]);
    expect([...starts]).toEqual([
      ['a', 15 + QUIET],
      ['b', 15 + QUIET],
    ]);
  });
});
