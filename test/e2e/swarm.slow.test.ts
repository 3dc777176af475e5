/** Twenty models at once in the emulated stack, while it is throttled, killed and told everything twice. */
import { expect, it } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { calmly, runSwarm } from './_swarm.ts';

const MODELS = 20;

it('every result is there, once, and none is wrong', async () => {
  const faults = { seed: 11, throttle: 0.1, kill: 0.05, duplicate: 1 };
  const { runs, files, events, openUploads } = await runSwarm({ models: MODELS, faults });
  const calm = await calmly(MODELS, makeTempDir('calm'));
  expect(new Map([...files].toSorted())).toEqual(new Map([...calm].toSorted()));
  expect([...runs.values()].map((ids) => ids.length)).toEqual(new Array(MODELS).fill(1));
  // An event may be told twice, where a function died behind it; never another one.
  expect(new Set(events.map(({ name, type }) => `${name}: ${type}`)).size).toBe(MODELS);
  expect(events.filter(({ type }) => type !== 'Optimization Finished')).toEqual([]);
  expect(openUploads).toEqual([]);
});
