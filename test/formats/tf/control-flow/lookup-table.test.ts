import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import { isValue } from '../../../../shared/formats/tf/op.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { loadForOracle } from '../../../onnx/_onnxruntime.ts';
import { apply, builder } from './_graph.ts';

async function lookUp(keys: number[], values: number[], asked: number[]): Promise<number[]> {
  const { model } = buildModel(17, (b) => {
    const x = b.input('x', 'int64', [asked.length]);
    const [table] = apply(b, 'LookupTable', [
      b.numbers(keys, 'int64'),
      b.numbers(values, 'float32'),
    ]);
    if (!table) throw new Error('no table');
    const [y] = apply(b, 'LookupTableFindV2', [table, x, b.scalar(-7, 'float32')]);
    if (isValue(y)) b.output('y', y);
  });
  const session = await loadForOracle(encodeModel(model));
  const feed = new ort.Tensor('int64', BigInt64Array.from(asked, BigInt), [asked.length]);
  const { y } = await session.run({ x: feed });
  return Array.from((y as ort.Tensor).data as Float32Array);
}

describe('lookup tables', () => {
  it.each<[string, number[]]>([
    ['in order', [0, 1, 2]],
    ['in no order', [1, 0, 2]],
    ['far apart', [1000, -5, 3]],
  ])('find keys %s, and give the default for all others', async (_, keys) => {
    const asked = [...keys, -6, 4, 1001, 2 ** 40, -(2 ** 40)];
    const values = [10, 20, 30];
    const expected = asked.map((key) => values[keys.indexOf(key)] ?? -7);
    expect(await lookUp(keys, values, asked)).toEqual(expected);
  });

  it('tell their size', () => {
    const b = builder();
    const [table] = apply(b, 'LookupTable', [
      b.numbers([4, 5], 'int64'),
      b.numbers([1, 2], 'int64'),
    ]);
    const [size] = table ? apply(b, 'LookupTableSizeV2', [table]) : [];
    expect(isValue(size) && size.known).toEqual([2]);
  });

  it.each([['text', { keys: ['a'], hint: /--inputs/ }]])(
    'of %s are refused with the way out',
    (_, { keys }) => {
      const b = builder();
      const texts = b.constant({
        name: '',
        type: 'string',
        dims: [keys.length],
        storage: { kind: 'strings', values: keys.map((key) => new TextEncoder().encode(key)) },
      });
      const [table] = apply(b, 'LookupTable', [texts, b.numbers([1], 'int64')]);
      const find = () =>
        apply(b, 'LookupTableFindV2', [table ?? texts, texts, b.scalar(0, 'int64')]);
      expect(find).toThrow(expect.objectContaining({ hint: expect.stringContaining('--inputs') }));
    },
  );

  it('whose keys lie too far apart are refused', async () => {
    await expect(lookUp([0, 2 ** 30], [1, 2], [0])).rejects.toThrow(/further apart/);
  });

  it('that are none are refused', () => {
    const b = builder();
    const x = b.input('x', 'int64', [1]);
    expect(() => apply(b, 'LookupTableFindV2', [x, x, x])).toThrow(/no table/);
  });
});
