import { describe, expect, it } from 'vitest';
import { readNode } from '../../../../shared/formats/tf/proto/node.ts';
import { outputCount, outputNumber } from '../../../../shared/formats/tf/proto/op-outputs.ts';
import { attribute, entry, message, node, readerOf } from './_wire.ts';

const raw = (op: string, ...attributes: Uint8Array[]) =>
  readNode(readerOf(node(`n = ${op}()`, ...attributes)));
const types = (name: string, count: number) =>
  entry(5, name, message(1, message(6, new Array(count).fill(1))));

describe('outputNumber', () => {
  it.each([
    ['AddV2', 'z', 0, 0],
    ['Split', 'output', 2, 2],
    ['StatefulPartitionedCall', 'output', 5, 5],
    ['TopKV2', 'indices', 0, 1],
    ['FusedBatchNormV3', 'y', 0, 0],
    ['FusedBatchNormV3', 'reserve_space_3', 0, 5],
    ['Unique', 'idx', 0, 1],
    ['NonMaxSuppressionV4', 'valid_outputs', 0, 1],
    ['NonMaxSuppressionV5', 'valid_outputs', 0, 2],
    ['CombinedNonMaxSuppression', 'valid_detections', 0, 3],
    ['TensorListPopBack', 'tensor', 0, 1],
    ['TensorArrayV3', 'flow', 0, 1],
    ['MaxPoolWithArgmax', 'argmax', 0, 1],
  ])('%s:%s:%i is %i', (op, name, index, wanted) => {
    expect(outputNumber(raw(op), name, index)).toBe(wanted);
  });

  it('counts lists before it', () => {
    const split = raw('SparseSplit', attribute.int('num_split', 3));
    expect(outputNumber(split, 'output_values', 1)).toBe(4);
    expect(outputNumber(split, 'output_shape', 0)).toBe(6);
  });
});

describe('outputCount', () => {
  it.each([
    ['Relu', [], 1],
    ['TopKV2', [], 2],
    ['Split', [attribute.int('num_split', 3)], 3],
    ['Unpack', [attribute.int('num', 4)], 4],
    ['While', [types('T', 5)], 5],
    ['StatefulPartitionedCall', [types('Tin', 9), types('Tout', 2)], 2],
    ['CTCBeamSearchDecoder', [attribute.int('top_paths', 2)], 7],
  ])('%s', (op, attributes, wanted) => {
    expect(outputCount(raw(op, ...attributes))).toBe(wanted);
  });
});
