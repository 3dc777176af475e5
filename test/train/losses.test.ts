import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import {
  binaryCrossEntropy,
  binaryDistillation,
  cosineDistance,
  crossEntropy,
  distillation,
  huber,
  logProbabilities,
  meanSquaredError,
  relativeSquaredError,
} from '../../shared/train/losses.ts';
import { floats, runEmitted } from './_run-emitted.ts';

afterAll(closeSharedProcess);
const logits = floats([2, 3], 1, 2, 3, 0, 0, 0);
const softmax = (row: number[]): number[] => {
  const exps = row.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((value) => value / sum);
};

test('cross-entropy of classes and of probabilities', async () => {
  const y = { type: 'int64' as const, dims: [2], data: BigInt64Array.of(2n, 0n) };
  const p = floats([2, 3], 0, 0, 1, 1, 0, 0);
  const wanted = -(Math.log(softmax([1, 2, 3])[2] ?? 0) + Math.log(1 / 3)) / 2;
  const [[hard = 0], [soft = 0]] = (await runEmitted({ logits, y, p }, (emit) => [
    crossEntropy(emit, 'logits', { kind: 'classes', name: 'y' }),
    crossEntropy(emit, 'logits', { kind: 'probabilities', name: 'p' }),
  ])) as [number[], number[]];
  expect(hard).toBeCloseTo(wanted, 5);
  expect(soft).toBeCloseTo(wanted, 5);
});

test('logits far apart give no infinity', async () => {
  const far = floats([1, 2], 500, -500);
  const [logs] = await runEmitted({ far }, (emit) => [logProbabilities(emit, 'far')]);
  expect(logs).toEqual([0, -1000]);
});

test('errors of values: squared, and Huber’s on both sides of one', async () => {
  const [a, b] = [floats([2, 2], 0, 1, 2, 3), floats([2, 2], 0.5, 1, 2, 0)];
  const [[square], [robust]] = (await runEmitted({ a, b }, (emit) => [
    meanSquaredError(emit, 'a', 'b'),
    huber(emit, 'a', 'b'),
  ])) as [number[], number[]];
  expect(square).toBeCloseTo((0.25 + 9) / 4, 5);
  expect(robust).toBeCloseTo((0.125 + 2.5) / 4, 5);
});

test('cosine distance is of each sample, whatever its length', async () => {
  const [a, b] = [floats([2, 2], 1, 0, 2, 0), floats([2, 2], 3, 0, 0, 5)];
  const [[distance] = []] = await runEmitted({ a, b }, (emit) => [cosineDistance(emit, 'a', 'b')]);
  expect(distance).toBeCloseTo(0.5, 5);
});

test('a teacher that says the same costs nothing, another the divergence times T²', async () => {
  const teacher = floats([2, 3], 3, 2, 1, 0, 0, 0);
  const T = 2;
  const [p, q] = [softmax([1.5, 1, 0.5]), softmax([0.5, 1, 1.5])];
  const divergence = p.reduce((sum, value, i) => sum + value * Math.log(value / (q[i] ?? 1)), 0);
  const [[same], [other]] = (await runEmitted({ logits, teacher }, (emit) => [
    distillation(emit, 'logits', 'logits', T),
    distillation(emit, 'logits', 'teacher', T),
  ])) as [number[], number[]];
  expect(same).toBe(0);
  expect(other).toBeCloseTo((divergence * T * T) / 2, 5);
});

test('yes or no: against chances, and against a teacher, who is right about himself', async () => {
  const [x, z] = [floats([2, 2], 0, 2, -3, 100), floats([2, 2], 1, 0.5, 0, 1)];
  const each = [Math.log(2), Math.log(1 + Math.exp(2)) - 1, Math.log(1 + Math.exp(-3)), 0];
  const [[found = 0], [own = 1], [other = 0]] = (await runEmitted({ x, z }, (emit) => [
    binaryCrossEntropy(emit, 'x', 'z'),
    binaryDistillation(emit, 'x', 'x', 2),
    binaryDistillation(emit, 'x', 'z', 2),
  ])) as [number[], number[], number[]];
  expect(found).toBeCloseTo(each.reduce((a, b) => a + b) / 4, 5);
  expect(own).toBeCloseTo(0, 5);
  expect(other).toBeGreaterThan(0);
});

test('squared errors in parts of the target', async () => {
  const [a, b] = [floats([2, 2], 10, 20, 30, 40), floats([2, 2], 10, 22, 30, 40)];
  const [[found = 0]] = (await runEmitted({ a, b }, (emit) => [
    relativeSquaredError(emit, 'a', 'b'),
  ])) as [number[]];
  expect(found).toBeCloseTo(4 / (100 + 484 + 900 + 1600), 6);
});
