import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLiteRt } from '../../../../shared/engines/references/child/litert.ts';
import { ROOT } from '../../../architecture/sources.ts';

/** LiteRT's own contract, without its WebAssembly. */
function library() {
  let loads = 0;
  class Tensor {
    readonly data: Float32Array | Int32Array;
    readonly type: { layout: { dimensions: number[] } };
    constructor(data: Float32Array | Int32Array, shape: number[]) {
      this.data = data;
      this.type = { layout: { dimensions: shape } };
    }
    toTypedArray() {
      return this.data;
    }
    delete() {}
  }
  const details = (name: string, dtype: string) => ({ name, dtype, shape: Int32Array.of(1, 2) });
  return {
    loads: () => loads,
    Tensor,
    loadLiteRt: async () => {},
    async loadAndCompile() {
      loads++;
      return {
        getInputDetails: () => [details('b', 'int32'), details('a', 'float32')],
        getOutputDetails: () => [details('y', 'float32')],
        run: async ([b, a]: Tensor[]) => [
          new Tensor(Float32Array.of(Number(b?.data[0]), Number(a?.data[1])), [1, 2]),
        ],
      };
    },
  };
}

test('tensors go by name, in the types of the model, and every run has a model of its own', async () => {
  const litert = library();
  const path = join(ROOT, 'test/fixtures/tflite/free_batch.tflite');
  const ports = { inputs: ['a', 'b'], outputs: ['y'] };
  const { run } = await openLiteRt(litert, path, ROOT, ports);
  const a = { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } as const;
  const b = { type: 'int64', dims: [1, 2], data: BigInt64Array.of(3n, 4n) } as const;
  const wanted = { y: { type: 'float32', dims: [1, 2], data: Float32Array.of(3, 2) } };
  expect(await run({ a, b })).toEqual(wanted);
  expect(await run({ a, b })).toEqual(wanted);
  expect(litert.loads()).toBe(2);
  await expect(run({ a: { ...a, dims: [2, 1] }, b })).rejects.toThrow(
    "LiteRT runs the input 'a' with the shape [1,2] alone, not [2,1]",
  );
});
