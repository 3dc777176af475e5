import { expect, test } from 'vitest';
import {
  findTargets,
  partsOf,
} from '../../../../shared/compress/quantize/reconstruct/find-targets.ts';
import { findWeightUses } from '../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { float32, modelOf, weight } from '../_numeric.ts';
import { planFor, SHARED } from './_network.ts';

const targetsOf = (model: Model) => findTargets(planFor(model).nodes, findWeightUses(model).uses);

test('matrices in 4 bits and convolutions in 8, those that several nodes read once', () => {
  const found = targetsOf(SHARED);
  expect(
    found.map(({ weight: { tensor }, kind, shape, readers }) => [
      tensor.name,
      kind,
      shape.size,
      readers.map(({ node }) => node.ref.name).join(),
    ]),
  ).toEqual([
    ['w', 'blocks', 40, 'a,d'],
    ['v', 'blocks', 40, 'b'],
    ['u', 'blocks', 40, 'e'],
    ['c', 'channels', 18, 'q'],
  ]);
  expect(found[2]?.readers[0]?.node).toMatchObject({ axis: 0, rows: 32, columns: 40, groups: 1 });
  expect(found[3]?.readers[0]?.node).toMatchObject({ op: 'Conv', rows: 32, columns: 18 });
});

test('groups of a Conv are apart; what has other forms is left', () => {
  const model = modelOf(
    [
      makeNode('Conv', ['x', 'w'], ['y'], { group: 4 }),
      makeNode('ConvTranspose', ['y', 'v'], ['z']),
      makeNode('Gather', ['table', 'i'], ['g']),
    ],
    [float32('x', [1, 64, 8, 8])],
    ['z', 'g'].map((name) => ({ name, type: null })),
    [weight('w', [64, 16, 3, 3]), weight('v', [64, 16, 3, 3]), weight('table', [100, 64])],
  );
  const [one, ...more] = targetsOf(model);
  expect(more).toEqual([]);
  expect(one?.readers[0]?.node).toMatchObject({ rows: 64, columns: 144, groups: 4 });
});

test('wide inputs are cut into equal parts of whole blocks, or left', () => {
  expect(partsOf(1536, 32)).toEqual({ blocks: 1, size: 1536 });
  expect(partsOf(1500, 32)).toEqual({ blocks: 1, size: 1500 });
  expect(partsOf(4096, 32)).toEqual({ blocks: 4, size: 1024 });
  expect(partsOf(4096, 128)).toEqual({ blocks: 4, size: 1024 });
  expect(partsOf(11_008, 32)).toEqual({ blocks: 8, size: 1376 });
  expect(partsOf(2304, 9)).toEqual({ blocks: 2, size: 1152 });
  expect(partsOf(1543, 32)).toBeUndefined();
});
