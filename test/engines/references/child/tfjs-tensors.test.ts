import { expect, test } from 'vitest';
import type { Tensor } from '../../../../shared/base/tensor.ts';
import { fromTfjs, toTfjs } from '../../../../shared/engines/references/child/tfjs-tensors.ts';
import { stubTensors } from './_stub.ts';

const dims = [2];

const CASES: [Tensor, Tensor][] = [
  [
    { type: 'float32', dims, data: Float32Array.of(1, 2) },
    { type: 'float32', dims, data: Float32Array.of(1, 2) },
  ],
  [
    { type: 'float64', dims, data: Float64Array.of(0.5, 2) },
    { type: 'float32', dims, data: Float32Array.of(0.5, 2) },
  ],
  [
    { type: 'float16', dims, data: Uint16Array.of(0x3c00, 0xc000) },
    { type: 'float32', dims, data: Float32Array.of(1, -2) },
  ],
  [
    { type: 'int64', dims, data: BigInt64Array.of(-1n, 7n) },
    { type: 'int32', dims, data: Int32Array.of(-1, 7) },
  ],
  [
    { type: 'uint8', dims, data: Uint8Array.of(255, 0) },
    { type: 'int32', dims, data: Int32Array.of(255, 0) },
  ],
  [
    { type: 'bool', dims, data: Uint8Array.of(1, 0) },
    { type: 'bool', dims, data: Uint8Array.of(1, 0) },
  ],
  [
    { type: 'string', dims, data: ['a', 'b'] },
    { type: 'string', dims, data: ['a', 'b'] },
  ],
];

test.each(CASES.map(([given, held]) => ({ given, held, name: given.type })))(
  '$name and back',
  async ({ given, held }) => {
    const tf = stubTensors();
    expect(await fromTfjs(toTfjs(tf, given))).toEqual(held);
    expect(tf.living.size).toBe(0);
  },
);
