import { expect, it } from 'vitest';
import { ExternalLayout } from '../../shared/onnx/external-layout.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';

const tensor = (bytes: number): StoredTensor =>
  computedTensor('t', 'uint8', [bytes], () => new Uint8Array(bytes));

it('places tensors one behind the other, aligned by their size', () => {
  const layout = new ExternalLayout('m.data');
  const [small, first, second, large] = [tensor(1023), tensor(1025), tensor(2000), tensor(2 ** 20)];
  const offsets = [small, first, second, large].map((t) => layout.placeOf(t)?.offset);
  expect(offsets).toEqual([undefined, 0, 1088, 65536]);
  expect(layout.placeOf(first)).toEqual({ location: 'm.data', offset: 0, length: 1025 });
  expect([...layout.places.keys()]).toEqual([first, second, large]);
});
