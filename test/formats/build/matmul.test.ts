import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { matmul } from '../../../shared/formats/build/matmul.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

describe('a matrix product', () => {
  it.each([
    [
      [2, 3],
      [3, 4],
      [2, 4],
    ],
    [
      ['n', 2, 3],
      [3, 4],
      ['n', 2, 4],
    ],
    [
      [5, 1, 2, 3],
      ['n', 3, 4],
      [5, 'n', 2, 4],
    ],
  ])('of %j and %j is %j', (left, right, shape) => {
    const b = Builder.root(17);
    expect(matmul(b, anyInput(b, 'float32', left), anyInput(b, 'float32', right)).shape).toEqual(
      shape,
    );
    expect(opsOf(b)).toEqual(['MatMul']);
  });

  it('takes matrices that stand transposed; a constant is turned at once', async () => {
    const b = Builder.root(17);
    const x = heldInput(b, 'x', [3, 2]);
    const y = b.numbers([1, 2, 3, 4, 5, 6], 'float32', [2, 3]);
    const product = matmul(b, x.value, y, { transposeLeft: true, transposeRight: true });
    expect([product.shape, opsOf(b)]).toEqual([
      [2, 2],
      ['Transpose', 'MatMul'],
    ]);
    const [result] = await run(b, [product], { x: x.feed });
    // [[0, 2, 4], [1, 3, 5]] · [[1, 4], [2, 5], [3, 6]]
    expect(result?.numbers).toEqual([16, 34, 22, 49]);
  });

  it('of a value whose order is the transpose takes no node', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [2, 3], [1, 0]);
    matmul(b, value, anyInput(b, 'float32', [2, 4]), { transposeLeft: true });
    expect(opsOf(b)).toEqual(['MatMul']);
  });

  it('of small integers is summed in wider ones', () => {
    const b = Builder.root(17);
    expect(matmul(b, anyInput(b, 'int8', [2, 3]), anyInput(b, 'int8', [3, 2])).type).toBe('int8');
    expect(opsOf(b)).toEqual(['Cast', 'Cast', 'MatMul', 'Cast']);
  });

  it('of a vector is refused', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [2]);
    expect(() => matmul(b, x, x)).toThrow(/vector/);
  });
});
