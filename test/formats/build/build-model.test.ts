import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../../shared/base/errors.ts';
import { buildModel, LOWEST_OPSET } from '../../../shared/formats/build/build-model.ts';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import { unary } from '../../../shared/formats/build/elementwise.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { NEWEST_OPSET } from '../../../shared/ops/find-op.ts';

function twice(b: Builder): void {
  const x = b.input('x', 'float32', ['n']);
  unary(b, 'Neg', x);
  const y = unary(b, 'Relu', x);
  b.trace('layer', y);
  b.output('y', y);
}

describe('a model', () => {
  it('is written at the lowest version, without nodes that nothing reads', () => {
    const { model, origins } = buildModel(undefined, twice);
    expect(model.opsets).toEqual(new Map([['', LOWEST_OPSET]]));
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Identity']);
    expect([...origins.values()]).toEqual([{ source: 'layer', order: undefined }]);
    expect(model.producerName).toBe('fettle');
  });

  it('is built again where a part needs a later version', () => {
    const tried: number[] = [];
    const { model } = buildModel(undefined, (b) => {
      tried.push(b.opset);
      twice(b);
      b.require(19, 'a');
      b.require(21, 'b');
    });
    expect(tried).toEqual([LOWEST_OPSET, 19, 21]);
    expect(model.opsets.get('')).toBe(21);
  });

  it('with a version that was asked for is not', () => {
    expect(() => buildModel(17, (b) => b.require(18, 'a split'))).toThrow(
      'a split needs opset 18, and 17 was asked for',
    );
    expect(buildModel(18, twice).model.opsets.get('')).toBe(18);
  });

  it('refuses versions that are not written', () => {
    for (const opset of [16, NEWEST_OPSET + 1])
      expect(() => buildModel(opset, twice)).toThrow(UnsupportedError);
  });

  it('is broken when no reader collected what cannot be converted', () => {
    const fail = (): void => {
      throw new Unconvertible('two inputs have one name');
    };
    expect(() => buildModel(undefined, fail)).toThrow(ModelError);
  });
});
