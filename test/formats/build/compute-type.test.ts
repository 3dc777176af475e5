import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { inKernelType } from '../../../shared/formats/build/compute-type.ts';
import { unary } from '../../../shared/formats/build/elementwise.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { anyInput } from './_graph.ts';

it.each<[string, ElementType, ElementType]>([
  ['Conv', 'float32', 'float32'],
  ['Conv', 'float64', 'float32'],
  ['MaxPool', 'uint8', 'uint8'],
  ['MaxPool', 'int16', 'float32'],
  ['MaxPool', 'int32', 'float64'],
])('%s of %s is computed as %s, and given as it came', (op, type, carried) => {
  const b = Builder.root(17);
  let seen: ElementType | undefined;
  const y = inKernelType(b, op, [anyInput(b, type, [2])], ([x]) => {
    seen = x?.type;
    return x ?? b.scalar(0, type);
  });
  expect([seen, y.type]).toEqual([carried, type]);
});

it('refuses what no kernel holds', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'int64', [2]);
  expect(() => inKernelType(b, 'MaxPool', [x], ([value = x]) => unary(b, 'Neg', value))).toThrow(
    'it computes with int64, for which no runtime has a kernel',
  );
});
