import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../shared/base/brand.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import type { DataSet, Label } from '../../shared/measure/data/data-set.ts';
import {
  type Evaluation,
  evaluate,
  mergeEvaluations,
  type Runnable,
  scoreTable,
} from '../../shared/measure/evaluate.ts';
import { METRICS } from '../../shared/measure/metrics/metrics.ts';
import { floats } from './metrics/outputs.ts';

/** Sample i is the number i; the model gives scores for three classes, the best of which is i % 3. */
const data = (labelOf: (index: number) => Label): DataSet => ({
  path: 'test.npz',
  length: 30,
  digest: 'sha256:0' as Digest,
  hasLabels: true,
  notes: [],
  sample: async (index) => ({ x: floats([1, 1], index) }),
  label: labelOf,
  close: async () => {},
});
const outputsOf = (index: number, noise = 0): NamedTensors => ({
  y: floats(
    [1, 3],
    ...[0, 1, 2].map((k) => Number(index % 3 === k) + noise * Math.sin(index * 7 + k)),
  ),
});
const session = (noise = 0): Runnable => ({
  async *runMany(samples) {
    for await (const { x } of samples) yield outputsOf(Number(x?.data[0]), noise);
  },
});
const top1 = METRICS.top1({ name: 'top1' });
const reference = async (index: number) => outputsOf(index);

describe('evaluate', () => {
  it('scores each sample against its label and the reference', async () => {
    const progress: number[] = [];
    const { scores, fidelity } = await evaluate(
      session(0.1),
      data((index) => (index === 4 ? 0 : index % 3)),
      [4, 0, 2],
      {
        metric: top1,
        reference,
        onProgress: (done) => progress.push(done),
      },
    );
    // In sample order, whatever order they ran in.
    expect(scores).toEqual({ metric: 'top1', width: 1, indices: [0, 2, 4], values: [1, 1, 0] });
    expect(fidelity?.indices).toEqual([0, 2, 4]);
    expect(fidelity?.values.length).toBe(3 * 10);
    expect(progress).toEqual([1, 2, 3]);
  });

  it('hands the reference what the model was fed', async () => {
    const fed: unknown[] = [];
    await evaluate(
      session(),
      data(() => 0),
      [5, 2],
      {
        reference: async (index, feeds) => {
          fed.push([index, feeds.x?.data[0]]);
          return outputsOf(index);
        },
      },
    );
    expect(fed).toEqual([
      [5, 5],
      [2, 2],
    ]);
  });

  it('needs neither', async () => {
    expect(
      await evaluate(
        session(),
        data(() => 0),
        [1],
        {},
      ),
    ).toEqual({});
  });

  it('names the sample whose label does not fit', async () => {
    await expect(
      evaluate(
        session(),
        data((index) => index),
        [1, 2, 3],
        { metric: top1 },
      ),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: 'test.npz, sample 3: the label 3 is out of range: the model knows 3 classes, 0 to 2',
    });
  });

  it("keeps the kind of error: a broken model is not the user's data", async () => {
    const broken: Runnable = {
      async *runMany(samples) {
        for await (const _ of samples) yield { y: floats([1, 1], Number.NaN) };
      },
    };
    await expect(
      evaluate(
        broken,
        data(() => 1),
        [0],
        { metric: METRICS.mae({ name: 'mae' }) },
      ),
    ).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/sample 0: mae: the output holds NaN/),
    });
  });
});

describe('mergeEvaluations', () => {
  it('gives the same bits however samples were divided, merged and ordered', async () => {
    const labelled = data((index) => index % 3);
    const options = { metric: top1, reference };
    const whole = await evaluate(
      session(0.3),
      labelled,
      Array.from({ length: 30 }, (_, i) => i),
      options,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 30 }),
        fc.nat(4),
        async (owner, pivot) => {
          const parts: Evaluation[] = [];
          for (let shard = 0; shard <= 4; shard++) {
            const indices = owner.flatMap((of, index) => (of === shard ? [index] : []));
            if (indices.length > 0)
              parts.push(await evaluate(session(0.3), labelled, indices, options));
          }
          const turned = [...parts.slice(pivot), ...parts.slice(0, pivot)];
          expect(mergeEvaluations(turned)).toEqual(whole);
          const [first, ...rest] = turned;
          const nested = rest.reduce(
            (merged, part) => mergeEvaluations([part, merged]),
            first ?? {},
          );
          expect(nested).toEqual(whole);
          expect(mergeEvaluations([nested, ...turned])).toEqual(whole);
        },
      ),
      { numRuns: 25, seed: 8 },
    );
  });

  it('refuses scores of different widths', () => {
    const part = (width: number, index: number) => ({
      scores: { metric: 'm', width, indices: [index], values: new Array<number>(width).fill(0) },
    });
    expect(() => mergeEvaluations([part(2, 0), part(3, 1)])).toThrow(/scores do not go together/);
  });
});

it('scoreTable is what metrics aggregate', () => {
  const scores = { metric: 'top1', width: 1, indices: [3, 5], values: [1, 0] };
  expect(top1.aggregate(scoreTable(scores))).toBe(0.5);
});
