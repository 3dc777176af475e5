import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { foldOperator } from '../../../shared/formats/build/fold.ts';
import { foldFloats } from '../../../shared/formats/build/fold-floats.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import { floatValues } from '../../../shared/onnx/tensor-data.ts';

const b = Builder.root(17);
const floats = (values: readonly number[], dims?: readonly number[]): Value =>
  b.numbers(values, 'float32', dims);

const three = floats([0.1, -2, 3e38]);
const other = floats([0.7, 0, 3e38]);
const one = floats([0.3], []);

it.each<[string, readonly Value[]]>([
  ['Add', [three, other]],
  ['Sub', [three, one]],
  ['Sub', [one, three]],
  ['Mul', [three, other]],
  ['Div', [three, other]],
  ['Sqrt', [other]],
  ['Reciprocal', [three]],
])('%s is what it is element by element', (op, inputs) => {
  const folded = foldFloats(op, inputs, [1, 3]);
  expect(folded).toMatchObject({ type: 'float32', dims: [1, 3] });
  expect(folded && [...floatValues(folded)]).toEqual(foldOperator(op, inputs, 'float32', [3]));
});

it('leaves the rest', () => {
  const named = b.named('n', 'float32', [3]);
  expect(foldFloats('Add', [three, named], [3])).toBeUndefined();
  expect(foldFloats('Add', [three, b.numbers([1, 2, 3], 'int32')], [3])).toBeUndefined();
  expect(foldFloats('Add', [three, floats([1, 2], [2, 1])], [2, 3])).toBeUndefined();
  expect(foldFloats('Erf', [three], [3])).toBeUndefined();
  expect(foldFloats('Sqrt', [one], [4097])).toBeUndefined();
  expect(foldFloats('Sqrt', [one], ['n'])).toBeUndefined();
});
