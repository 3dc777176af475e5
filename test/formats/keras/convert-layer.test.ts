import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  type CallParts,
  convertLayer,
  entryOf,
} from '../../../shared/formats/keras/convert-layer.ts';
import { parseLayer } from '../../../shared/formats/keras/model-config.ts';

function parts(
  b: Builder,
  type: 'float32' | 'int32' = 'float32',
): CallParts & { readonly notes: string[] } {
  const value = b.input('x', type, ['batch', 3]);
  const mask = b.input('m', 'bool', ['batch', 3]);
  const notes: string[] = [];
  return {
    b,
    notes,
    weights: { own: [], child: () => ({ own: [], child: () => parts(b).weights }) },
    keras: 3,
    note: (text) => notes.push(text),
    tensors: [{ value, mask }],
    args: [value],
    keywords: {},
    keywordMasks: {},
    apply: () => ({ outputs: [] }),
  };
}

const layer = (className: string, config = {}) =>
  parseLayer({ class_name: className, config: { name: 'l', ...config } });

it('masks go through layers that pass them, and end at others', () => {
  const given = parts(Builder.root(17));
  expect(convertLayer(layer('Dropout'), given).mask).toBe(given.tensors[0]?.mask);
  expect(convertLayer(layer('Flatten'), given).mask).toBeUndefined();
});

it('floats are cast to the type of the policy, integers are not', () => {
  expect(
    convertLayer(layer('Identity', { dtype: 'float64' }), parts(Builder.root(17))).outputs[0]?.type,
  ).toBe('float64');
  expect(
    convertLayer(layer('Identity', { dtype: 'float64' }), parts(Builder.root(17), 'int32'))
      .outputs[0]?.type,
  ).toBe('int32');
});

it('half precision is noted', () => {
  const given = parts(Builder.root(17));
  convertLayer(layer('Identity', { dtype: 'mixed_float16' }), given);
  expect(given.notes.join()).toMatch(/half precision.*float32/);
});

it('a class of the user with the name of one of Keras is none of Keras', () => {
  expect(entryOf(parseLayer({ class_name: 'mine>Dense', config: {} }))).toBeUndefined();
  expect(() => convertLayer(layer('mine>Dense'), parts(Builder.root(17)))).toThrow(
    'class of your own',
  );
});

it.each([
  ['ZeroPadding2D', {}],
  ['Cropping3D', {}],
  ['UpSampling2D', {}],
  ['MaxPooling2D', { pool_size: 2 }],
  ['AdaptiveAveragePooling2D', { output_size: 1 }],
  ['GlobalAveragePooling1D', {}],
])('%s of an input with two axes is refused', (className, config) => {
  expect(() => convertLayer(layer(className, config), parts(Builder.root(17)))).toThrow(
    /its input has 2 axes, and not [345]/,
  );
});
