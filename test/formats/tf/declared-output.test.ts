import { expect, it } from 'vitest';
import { declaredShape, declaredType } from '../../../shared/formats/tf/declared-output.ts';
import type { TfAttribute, TfNode } from '../../../shared/formats/tf/tf-graph.ts';

const node = (op: string, attributes: Readonly<Record<string, TfAttribute>> = {}): TfNode => ({
  name: 'n',
  op,
  inputs: [],
  attributes: new Map(Object.entries(attributes)),
});

it.each([
  ['what it is cast to', node('Cast', { DstT: { kind: 'type', value: 'int64' } }), 'int64'],
  [
    'what its list holds',
    node('TensorListStack', { element_dtype: { kind: 'type', value: 'float32' } }),
    'float32',
  ],
  ['what it always gives', node('DecodeJpeg'), 'uint8'],
  ['nothing', node('Mystery', { T: { kind: 'type', value: 'variant' } }), undefined],
])('the type is %s', (_, one, type) => {
  expect(declaredType(one)).toBe(type);
});

it('the shape is what TensorFlow noted, if it did', () => {
  const shape: TfAttribute = { kind: 'shape', value: [null, 3] };
  const noted = node('Mystery', { _output_shapes: { kind: 'list', value: [shape] } });
  expect(declaredShape(noted, 0)).toEqual([null, 3]);
  expect(declaredShape(noted, 1)).toBeNull();
  expect(declaredShape(node('Mystery'), 0)).toBeNull();
});
