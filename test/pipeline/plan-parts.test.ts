import { expect, it } from 'vitest';
import { PARTS } from '../../shared/pipeline/parts.ts';
import { planJob } from '../../shared/pipeline/plan.ts';
import { planParts, planPrepare } from '../../shared/pipeline/plan-parts.ts';
import { digitsJob, inlineContext } from './inline-context.ts';

const about = { id: 'make int8-weights x64', title: 'int8-weights', variant: 'int8-weights' };

it('counts parts by what they write, and divides the work among them', () => {
  const shards = planParts(about, 3e9, PARTS);
  expect(shards.map(({ id }) => id)).toEqual([
    'make int8-weights x64',
    ...[1, 2, 3].map((part) => `make int8-weights x64 part ${part}`),
    'make int8-weights x64 join',
  ]);
  const [layout, ...parts] = shards;
  expect(layout?.title).toBe('int8-weights: lay out');
  expect(parts[0]?.work.bytes).toBeCloseTo((3e9 * 1.26) / 3);
  expect(planParts({ ...about, variant: 'int4' }, 3e9, PARTS)).toHaveLength(4);
});

it('float16 is planned by a step of its own first', () => {
  const shards = planParts({ ...about, variant: 'float16' }, 3e9, PARTS);
  expect(shards[0]?.id).toBe('make int8-weights x64 plan');
  // Six parts make half of it.
  expect(shards).toHaveLength(1 + 1 + 6 + 1);
});

it('the float32 form is laid out and copied', () => {
  const shards = planPrepare('float32', 3e9, PARTS);
  expect(shards.map(({ id }) => id).slice(0, 3)).toEqual([
    ...['prepare', 'prepare layout', 'prepare part 1'],
  ]);
  expect(shards).toHaveLength(2 + 12 + 1);
  expect(shards.at(-1)?.id).toBe('prepare join');
});

it('a plan lists parts of large models where several machines make them', () => {
  const job = digitsJob({ variants: ['int8-weights', 'int8'] });
  const ids = (bytes: number, parts?: typeof PARTS, prefix = 'make ') =>
    planJob(
      job,
      { artifact: { bytes }, format: 'onnx' },
      { ...inlineContext(), ...(parts && { parts }) },
    )
      .shards.map(({ id }) => id)
      .filter((id) => id.startsWith(prefix));
  expect(ids(3e9)).toHaveLength(2);
  expect(ids(1e9, PARTS)).toHaveLength(2);
  expect(ids(3e9, PARTS)).toHaveLength(6);
  expect(ids(3e9, undefined, 'prepare')).toHaveLength(1);
  expect(ids(3e9, PARTS, 'prepare')).toHaveLength(15);
});
