import { describe, expect, it } from 'vitest';
import { ModelError } from '../../shared/base/errors.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { assertValid, verifyModel } from '../../shared/onnx/verify.ts';
import { graph, model, node } from './_build.ts';

const DIGITS = new URL('../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url).pathname;

describe('verifyModel', () => {
  it('finds nothing in a real model', () => {
    using opened = openModel(DIGITS);
    expect(verifyModel(opened.model)).toEqual([]);
  });

  it('checks 20,000 nodes with initializers in time that does not hurt', () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) =>
      node('Add', [i === 0 ? 'x' : `v${i - 1}`, `w${i}`], [`v${i}`]),
    );
    const initializers = new Map(
      nodes.map((_, i) => [`w${i}`, float32Tensor(`w${i}`, [1], [i])] as const),
    );
    const big = model(graph(nodes, ['x'], ['v19999'], { initializers }));
    // The best of a few: others use this machine too.
    const milliseconds = Array.from({ length: 4 }, () => {
      const before = process.cpuUsage();
      expect(verifyModel(big)).toEqual([]);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(200);
  });

  it('stops collecting at 100', () => {
    const nodes = Array.from({ length: 500 }, (_, i) => node('Relu', ['nowhere'], [`v${i}`]));
    expect(verifyModel(model(graph(nodes, [], ['v0'])))).toHaveLength(100);
  });
});

describe('assertValid', () => {
  it('names the first problems', () => {
    const broken = model(
      graph(
        ['a', 'b', 'c', 'd'].map((name) => node('Relu', [`${name}_in`], [name])),
        [],
        ['d'],
      ),
    );
    expect(() => assertValid(broken)).toThrow(ModelError);
    expect(() => assertValid(broken)).toThrow(
      /node 0 \(Relu\): it reads 'a_in', which nothing defines; .*\(and 1 more\)/,
    );
    expect(() =>
      assertValid(model(graph([node('Relu', ['x'], ['y'])], ['x'], ['y']))),
    ).not.toThrow();
  });
});
