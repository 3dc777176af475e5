import { describe, expect, test } from 'vitest';
import { InputError } from '../../../shared/base/errors.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { ShardFiles } from '../../../shared/formats/tfjs/shards.ts';
import { readWeights } from '../../../shared/formats/tfjs/weights.ts';
import { stringValues, tensorOf } from '../../../shared/onnx/tensor-data.ts';
import { floats, folderOf, ints } from './_model.ts';

const read = (weights: Json, shard: Uint8Array, paths: Json = ['a.bin']) =>
  readWeights([{ paths, weights }], new ShardFiles(folderOf({}, { 'a.bin': shard })));

const bytes = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

describe('weights of a manifest', () => {
  test('follow each other in the shard, whatever their type', () => {
    const weights = read(
      [
        { name: 'f', shape: [2], dtype: 'float32' },
        { name: 'none', shape: [0, 3], dtype: 'float32' },
        { name: 'b', shape: [1], dtype: 'bool' },
        { name: 'i', shape: [], dtype: 'int32' },
        {
          name: 'q',
          shape: [3],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
        },
        { name: 's', shape: [2], dtype: 'string' },
      ],
      bytes(
        floats(1.5, -2),
        Uint8Array.of(1),
        ints(-7),
        Uint8Array.of(0, 2, 4),
        ints(2),
        Buffer.from('h!'),
        ints(0),
      ),
    );
    const values = (name: string) => {
      const tensor = weights.get(name);
      return tensor && [tensor.dims, ...tensorOf(tensor).data];
    };
    expect(values('f')).toEqual([[2], 1.5, -2]);
    expect(values('none')).toEqual([[0, 3]]);
    expect(values('b')).toEqual([[1], 1]);
    expect(values('i')).toEqual([[], -7]);
    expect(values('q')).toEqual([[3], -1, 0, 1]);
    const texts = weights.get('s');
    expect(texts && stringValues(texts)).toEqual(['h!', '']);
    expect([...weights.keys()]).toEqual(['f', 'none', 'b', 'i', 'q', 's']);
  });

  const one = { name: 'w', shape: [2], dtype: 'float32' };

  test.each<[string, Json, Uint8Array, RegExp]>([
    ['a truncated shard', [one], floats(1), /'w' needs bytes 0 to 8, and the shards have 4/],
    ['bytes left over', [one], floats(1, 2, 3), /hold 4 bytes more/],
    ['a weight twice', [one, one], floats(1, 2, 3, 4), /lists the weight 'w' twice/],
    ['a negative size', [{ ...one, shape: [-2] }], floats(1, 2), /a size of the weight 'w' is -2/],
    ['a huge shape', [{ ...one, shape: [2 ** 40, 2 ** 40] }], floats(1), /larger than any file/],
    ['a large shape', [{ ...one, shape: [2 ** 30, 2 ** 20] }], floats(1), /needs bytes 0 to/],
    ['too many axes', [{ ...one, shape: Array.from({ length: 255 }, () => 1) }], floats(1), /axes/],
    ['an unknown type', [{ ...one, dtype: 'toString' }], floats(1, 2), /unknown type 'toString'/],
    ['no name', [{ shape: [2], dtype: 'float32' }], floats(1, 2), /name of a weight is missing/],
    ['a text beyond the end', [{ ...one, dtype: 'string' }], ints(2 ** 30), /needs bytes/],
    ['a weight that is none', [7], floats(1), /a weight of the manifest is a number/],
  ])('%s is refused', (_, weights, shard, message) => {
    expect(() => read(weights, shard)).toThrow(message);
    expect(() => read(weights, shard)).toThrow(InputError);
  });

  test('a manifest that is none is refused', () => {
    expect(() => readWeights(5, new ShardFiles('.'))).toThrow(/weightsManifest is a number/);
    expect(() => read([], floats(1), [1])).toThrow(/a path in weightsManifest\[0\]/);
  });
});
