import { afterAll, describe, expect, it } from 'vitest';
import { DefectError } from '../../../shared/base/errors.ts';
import { applyPruning, pruneWeight } from '../../../shared/compress/prune/apply-pruning.ts';
import { planPruning } from '../../../shared/compress/prune/plan-pruning.ts';
import type { PlannedLayer, PrunePattern } from '../../../shared/compress/prune/prune-plan.ts';
import { weightScores } from '../../../shared/compress/prune/weight-scores.ts';
import { verifyModel } from '../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { RuntimeProcess } from '../../../shared/runtime/runtime-process.ts';
import { normals } from '../quantize/_numeric.ts';
import { normalSource } from '../quantize/int8/_samples.ts';
import { smallNetwork, valuesOf, zerosIn } from './_prunable.ts';

const process = new RuntimeProcess();
afterAll(() => process.close());

const HALF: PrunePattern = { kind: 'anywhere', percent: 50 };

const layer = (parts: Partial<PlannedLayer>): PlannedLayer => ({
  scope: '',
  name: 'w',
  op: 'MatMul',
  node: '',
  axis: 0,
  groups: 1,
  dims: [4, 2],
  weights: 8,
  zeros: 0,
  threshold: null,
  meanScore: 0,
  meanZeroed: 0,
  ...parts,
});

describe('pruneWeight', () => {
  const values = Float32Array.of(1, -2, 2, 4, -1, 2, 8, 1);
  const kept = (parts: Partial<PlannedLayer>, pattern: PrunePattern = HALF) => [
    ...pruneWeight(values, layer(parts), pattern),
  ];

  it('zeroes the lowest, of equal ones the first', () => {
    expect(kept({ zeros: 2, threshold: 1 })).toEqual([0, -2, 2, 4, 0, 2, 8, 1]);
    expect(kept({ zeros: 4, threshold: 2 })).toEqual([0, 0, 2, 4, 0, 2, 8, 0]);
    expect(kept({ zeros: 0, threshold: null })).toEqual([...values]);
  });

  it('zeroes by the norms of the plan', () => {
    const norms = [1, 1, 1, 0.01];
    expect(kept({ zeros: 2, threshold: 0.08, norms, dims: [4, 2] })).toEqual([
      1, -2, 2, 4, -1, 2, 0, 0,
    ]);
  });

  it('zeroes two of every four', () => {
    expect(kept({}, { kind: '2:4' })).toEqual([0, 0, 2, 4, 0, 2, 8, 0]);
  });

  it('is of no use for other weights than planned', () => {
    expect(() => kept({ zeros: 1, threshold: 3 })).toThrow(DefectError);
    expect(() => kept({ zeros: 5, threshold: 0.5 })).toThrow(DefectError);
  });

  it('leaves what it is given', () => {
    expect(values[0]).toBe(1);
  });
});

describe('applyPruning', () => {
  it.each<[string, PrunePattern]>([
    ['anywhere', { kind: 'anywhere', percent: 70 }],
    ['2:4', { kind: '2:4' }],
  ])('%s: exactly the planned zeros, all else untouched', async (_, pattern) => {
    const model = smallNetwork();
    const calibration = normalSource(2, 'x', [1, 3, 8, 8]);
    const plan = await planPruning(model, { pattern, calibration, process, score: 'activation' });
    const pruned = applyPruning(model, plan);
    expect(verifyModel(pruned)).toEqual([]);
    expect(pruned.graph.nodes).toEqual(model.graph.nodes);
    const planned = new Set(plan.layers.map(({ name }) => name));
    for (const name of model.graph.initializers.keys()) {
      const [before, after] = [valuesOf(model, name), valuesOf(pruned, name)];
      const found = plan.layers.find((one) => one.name === name);
      expect(zerosIn(after)).toBe(found?.zeros ?? 0);
      if (!planned.has(name)) expect(after).toEqual(before);
      for (const [at, value] of after.entries()) if (value !== 0) expect(value).toBe(before[at]);
    }
    expect(encodeModel(applyPruning(model, plan))).toEqual(encodeModel(pruned));
  });

  it('zeroes nothing that scores higher than what stays', async () => {
    const model = smallNetwork();
    const plan = await planPruning(model, { pattern: { kind: 'anywhere', percent: 80 } });
    const pruned = applyPruning(model, plan);
    for (const one of plan.layers) {
      const before = valuesOf(model, one.name);
      const scores = weightScores(before, one.dims, one, one.norms);
      const after = valuesOf(pruned, one.name);
      const gone = Math.max(...scores.filter((_, at) => after[at] === 0));
      const stays = Math.min(...scores.filter((_, at) => after[at] !== 0));
      expect(gone).toBeLessThanOrEqual(stays);
      expect(gone).toBe(one.threshold);
    }
  });

  it('gives back the model for an empty plan, and refuses a plan of another', async () => {
    const model = smallNetwork();
    const plan = await planPruning(model, { pattern: HALF });
    expect(applyPruning(model, { ...plan, layers: [] })).toBe(model);
    const other = plan.layers.map((one) => ({ ...one, name: `${one.name}?` }));
    expect(() => applyPruning(model, { ...plan, layers: other })).toThrow(
      "pruning plan: Conv 'first?' is not there",
    );
  });

  it('is quick on large weights', () => {
    const values = normals(1 << 18);
    const sorted = values.map(Math.abs).sort();
    const threshold = sorted[199_999] ?? 0;
    const large = layer({ dims: [512, 512], weights: values.length, zeros: 200_000, threshold });
    expect(zerosIn(pruneWeight(values, large, HALF))).toBe(200_000);
  });
});
