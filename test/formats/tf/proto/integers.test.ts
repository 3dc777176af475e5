import { expect, it } from 'vitest';
import { encodeIntegers } from '../../../../shared/formats/tf/proto/integers.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';
import type { Int64 } from '../../../../shared/onnx/model.ts';

it.each<[ElementType, Int64[], number[]]>([
  ['int64', [-2, 2n ** 62n], [254, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 64]],
  ['uint64', [-1n], new Array(8).fill(255)],
  ['int32', [-1, 258], [255, 255, 255, 255, 2, 1, 0, 0]],
  ['uint32', [4294967295], [255, 255, 255, 255]],
  ['int16', [-2], [254, 255]],
  ['float16', [0x3c00], [0, 0x3c]],
  ['bfloat16', [0x3f80], [0x80, 0x3f]],
  ['bool', [0, 1, 7, -1], [0, 1, 1, 1]],
  ['int8', [-1, 5], [255, 5]],
  ['uint8', [200, 2n ** 60n], [200, 0]],
])('%s', (type, values, bytes) => {
  expect([...encodeIntegers(type, values)]).toEqual(bytes);
});
