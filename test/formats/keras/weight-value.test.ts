import { expect, it } from 'vitest';
import { encodeFloat16 } from '../../../shared/base/float16.ts';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { asWeight } from '../../../shared/formats/keras/weight-value.ts';
import { bytesOf, float32Tensor, rawTensor } from '../../../shared/onnx/make-tensor.ts';

it('half precision is widened, everything else stays as it is', () => {
  const b = Builder.root(17);
  const half = rawTensor('h', 'float16', [2], bytesOf(encodeFloat16([1.5, -2])));
  expect(asWeight(b, half).numbers).toEqual([1.5, -2]);
  expect(asWeight(b, half).type).toBe('float32');
  const brain = rawTensor('b', 'bfloat16', [1], Uint8Array.of(0xc0, 0x3f));
  expect(asWeight(b, brain).numbers).toEqual([1.5]);
  const single = float32Tensor('s', [1], [3]);
  expect(asWeight(b, single).constant).toBe(single);
});
