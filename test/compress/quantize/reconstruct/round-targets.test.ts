import { afterAll, expect, test } from 'vitest';
import { samplesOf } from '../../../../shared/compress/quantize/int8/context.ts';
import { deadlineIn } from '../../../../shared/compress/quantize/int8/search/deadline.ts';
import { findTargets } from '../../../../shared/compress/quantize/reconstruct/find-targets.ts';
import { roundTargets } from '../../../../shared/compress/quantize/reconstruct/round-targets.ts';
import { findWeightUses } from '../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { quantizeBlocks } from '../../../../shared/compress/quantize/weights/kernels/int4-blocks.ts';
import { roundedBlocks } from '../../../../shared/compress/quantize/weights/rounded-weight.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { NETWORK, planFor, togetherSource } from './_network.ts';

afterAll(closeSharedProcess);

const targetsOf = (model: Model) => findTargets(planFor(model).nodes, findWeightUses(model).uses);

const samples = () => samplesOf(togetherSource(6));
const dampings = [0.01, 10_000];

test('codes for each node and each damping; with much of it they are the nearest', async () => {
  const deadline = deadlineIn(60);
  const targets = targetsOf(NETWORK);
  const { rounded, done } = await roundTargets(NETWORK, targets, samples, { dampings, deadline });
  expect(done).toBe(2);
  expect(rounded.map((codes) => [...codes.keys()])).toEqual([
    ['h', 'y'],
    ['h', 'y'],
  ]);
  const [target] = targets;
  if (!target) throw new Error('there are two');
  const options = { block: 32, symmetric: true, negativeScales: true } as const;
  const nearest = quantizeBlocks(
    target.weight.tensor,
    { K: 96, N: 64, transposed: false },
    options,
  );
  const differing = (index: number): number => {
    const packed = roundedBlocks(rounded[index]?.get('h'))?.packed ?? new Uint8Array();
    return packed.filter((byte, at) => byte !== nearest.packed[at]).length / packed.length;
  };
  expect(differing(0)).toBeGreaterThan(0.2);
  // Coordinate descent also finds the scale that is best for the codes, and a few codes follow it.
  expect(differing(1)).toBeLessThan(0.05);
});

test('nothing is rounded when the time is over', async () => {
  const targets = targetsOf(NETWORK);
  const deadline = { isOver: true, left: 0 };
  const { done } = await roundTargets(NETWORK, targets, samples, { dampings, deadline });
  expect(done).toBe(0);
});
