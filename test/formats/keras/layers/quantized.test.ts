import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import type { Value } from '../../../../shared/formats/build/value.ts';
import { quantizationOf, unpacked } from '../../../../shared/formats/keras/layers/quantized.ts';
import { rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import { tensorOf } from '../../../../shared/onnx/tensor-data.ts';
import { bundle, check, modelOf } from './_more.ts';

describe('quantized layers as Keras computes them', () => {
  const cases = bundle().cases.filter(({ name }) => /int[48]/.test(name));
  for (const item of cases) it(item.name, () => check(item));
  it('has every layer that can be quantized, in both widths', () => {
    for (const name of ['Dense', 'EinsumDense', 'Embedding', 'MultiHeadAttention'])
      for (const bits of ['int8', 'int4'])
        expect(cases.some((item) => item.name.startsWith(name) && item.name.includes(bits))).toBe(
          true,
        );
  });
  it.each(['Dense int8', 'Dense int4', 'Embedding int8'])(
    '%s keeps its kernel as integers',
    (name) => {
      const item = cases.find((one) => one.name === name);
      const types = item && [...modelOf(item).graph.initializers.values()].map(({ type }) => type);
      expect(types).toContain('int8');
    },
  );
});

describe('packed integers', () => {
  it('are the examples of Keras', () => {
    const packed = rawTensor(
      '',
      'int8',
      [2, 2],
      new Uint8Array(Int8Array.of(125, 2, 24, 0).buffer),
    );
    expect(Array.from(tensorOf(unpacked(packed, 3)).data, Number)).toEqual([-3, 7, 2, -8, 1, 0]);
  });
  it('must be as wide as the layer says', () => {
    const packed = rawTensor('', 'int8', [2, 2], new Uint8Array(4));
    expect(() => unpacked(packed, 5)).toThrow('does not fit 5 columns');
  });
});

describe('what cannot be', () => {
  const none = { own: [] as readonly Value[], child: () => none };
  it.each(['float8', 'gptq/4/128', 'awq/4/128'])('%s is refused by name', (mode) => {
    const config = { dtype: { config: { mode, source_name: 'float32' } } };
    expect(() => quantizationOf({ config, weights: none })).toThrow(mode.split('/')[0]);
  });
  it('kernels without scales are refused', () => {
    expect(() =>
      buildModel(undefined, (b) => {
        const kernel = b.numbers([1, 2], 'int8', [1, 2]);
        quantizationOf({ config: {}, weights: { ...none, own: [kernel] } });
      }),
    ).toThrow('no scales');
  });
  it('layers of floats are not quantized', () => {
    buildModel(undefined, (b) => {
      const own = [b.numbers([1, 2], 'float32', [1, 2])];
      expect(quantizationOf({ config: {}, weights: { ...none, own } })).toBeUndefined();
    });
  });
});
