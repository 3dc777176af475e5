import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { kernelType } from '../../../shared/formats/build/kernel-type.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { run } from './_graph.ts';

describe('the type to compute in', () => {
  it.each<[string, ElementType, number, ElementType]>([
    ['Max', 'int32', 17, 'int32'],
    ['Max', 'int16', 17, 'int32'],
    ['Where', 'bool', 17, 'uint8'],
    ['Where', 'uint64', 17, 'int64'],
    ['ReduceMax', 'bool', 17, 'uint8'],
    ['Pow', 'uint8', 17, 'int32'],
    ['Erf', 'float64', 17, 'float32'],
    ['Elu', 'float64', 17, 'float32'],
    ['Elu', 'float64', 18, 'float64'],
    ['Elu', 'float64', 22, 'float32'],
    ['LeakyRelu', 'float64', 19, 'float64'],
    ['LeakyRelu', 'float64', 20, 'float32'],
    ['Erf', 'float16', 17, 'float16'],
    ['Add', 'uint8', 17, 'uint8'],
    ['toString', 'int8', 17, 'int8'],
  ])('of %s over %s at opset %d is %s', (op, type, opset, carried) => {
    expect(kernelType(op, type, opset)).toBe(carried);
  });
});

it('is one that onnxruntime has a kernel for', async () => {
  const b = Builder.root(17);
  const x = b.input('x', 'int16', [2]);
  const largest = b.emit('Max', [b.hold(x), b.hold(x)], 'int16', [2]);
  const feeds = { x: new ort.Tensor('int16', Int16Array.of(1, 2), [2]) };
  // It has none for int16, which is why the table says int32.
  await expect(run(b, [largest], feeds)).rejects.toThrow(
    /Could not find an implementation for Max/,
  );
});
