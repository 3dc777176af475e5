import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  arithmetic,
  broadcast,
  comparison,
  unary,
  where,
  widen,
} from '../../../shared/formats/build/elementwise.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

describe('the order of axes', () => {
  it('of a value stays as it is, without a node', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [1, 2, 3, 4], NCHW);
    const result = unary(b, 'Relu', value);
    expect([result.order, result.shape, opsOf(b)]).toEqual([NCHW, [1, 2, 3, 4], ['Relu']]);
  });

  it('of the larger is that of the result', () => {
    const b = Builder.root(17);
    const small = heldInput(b, 'x', [1, 1, 1, 4], NCHW);
    const large = anyInput(b, 'float32', [1, 2, 3, 4]);
    expect(arithmetic(b, 'Add', small.value, large).order).toBeUndefined();
  });

  it('of the first that has all axes is that of the result', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [1, 2, 3, 4], NCHW);
    const plain = anyInput(b, 'float32', [1, 2, 3, 4]);
    const result = arithmetic(b, 'Add', plain, value);
    expect([result.order, opsOf(b)]).toEqual([NCHW, ['Transpose', 'Add']]);
  });

  it.each([[[4]], [[3, 4]], [[2, 1, 1]], [[]], [[1]], [[1, 2, 3, 1]], [[2, 2, 3, 4]]])(
    'does not matter for what is broadcast from %j',
    async (dims) => {
      const b = Builder.root(17);
      const { value, feed } = heldInput(b, 'x', [1, 2, 3, 4], NCHW);
      const plain = heldInput(b, 'z', [1, 2, 3, 4]);
      const y = heldInput(b, 'y', dims);
      const [ordered, wanted] = await run(
        b,
        [arithmetic(b, 'Sub', value, y.value), arithmetic(b, 'Sub', plain.value, y.value)],
        { x: feed, y: y.feed, z: plain.feed },
      );
      expect(ordered).toEqual(wanted);
    },
  );
});

describe('types', () => {
  it('without a kernel are computed in wider ones', () => {
    const b = Builder.root(17);
    const [x, y] = [anyInput(b, 'int16', [2]), anyInput(b, 'int16', [2])];
    const largest = arithmetic(b, 'Max', x, y);
    expect([largest.type, opsOf(b)]).toEqual(['int16', ['Cast', 'Cast', 'Max', 'Cast']]);
  });

  it('of a condition are its own', () => {
    const b = Builder.root(17);
    const condition = anyInput(b, 'bool', [2]);
    const chosen = where(b, condition, anyInput(b, 'bool', [2]), anyInput(b, 'bool', [2]));
    expect([chosen.type, opsOf(b)]).toEqual(['bool', ['Cast', 'Cast', 'Where', 'Cast']]);
  });

  it('of comparisons are truth values', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [2]);
    expect(comparison(b, 'Less', x, x).type).toBe('bool');
    expect(opsOf(b)).toEqual(['Less']);
  });
});

describe('what is known', () => {
  it('of all elements is a constant', () => {
    const b = Builder.root(17);
    const sum = arithmetic(b, 'Add', b.numbers([1, 2], 'int32'), b.scalar(3, 'int32'));
    expect([sum.numbers, sum.constant?.dims, opsOf(b)]).toEqual([[4, 5], [2], []]);
  });

  it('of some is kept beside the node', () => {
    const b = Builder.root(17);
    const shape = anyInput(b, 'int32', [2]).withKnown(['n', 4]);
    const same = arithmetic(b, 'Mul', shape, b.numbers([1, 2], 'int32'));
    expect([same.known, opsOf(b)]).toEqual([['n', 8], ['Mul']]);
  });

  it('of a rank that is unknown is nothing: axes are put in order', () => {
    const b = Builder.root(17);
    const result = broadcast(
      b,
      'Add',
      [anyInput(b, 'float32', null), anyInput(b, 'float32', [2])],
      'float32',
    );
    expect([result.shape, opsOf(b)]).toEqual([null, ['Add']]);
  });
});

describe('axes in front', () => {
  it('cost a constant nothing, and a value a node', () => {
    const b = Builder.root(17);
    expect(widen(b, b.numbers([1, 2], 'float32'), 3).constant?.dims).toEqual([1, 1, 2]);
    expect(opsOf(b)).toEqual([]);
    const x = anyInput(b, 'float32', ['n']);
    expect(widen(b, x, 2).shape).toEqual([1, 'n']);
    expect(widen(b, x, 1)).toBe(x);
    expect(opsOf(b)).toEqual(['Unsqueeze']);
  });
});
