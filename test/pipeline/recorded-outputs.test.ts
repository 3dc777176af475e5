import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import { RecordedOutputs, recordedOutputs } from '../../shared/pipeline/recorded-outputs.ts';

const outputs = (seed: number): NamedTensors => ({
  y: { type: 'float32', dims: [1, 3], data: Float32Array.of(seed, Number.NaN, -0) },
  n: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(seed)) },
  s: { type: 'string', dims: [1], data: ['ä'] },
});

test('computed once, then read, bit for bit', async () => {
  const folder = makeTempDir('test');
  const record = new RecordedOutputs(folder);
  let computed = 0;
  const get = (index: number) =>
    record.get(index, async () => {
      computed++;
      return outputs(index);
    });
  expect(await get(7)).toEqual(outputs(7));
  expect(await get(3)).toEqual(outputs(3));
  expect(await get(7)).toEqual(outputs(7));
  expect(computed).toBe(2);
  record.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('what does not fit is computed again', async () => {
  const record = new RecordedOutputs(makeTempDir('test'), 10);
  let computed = 0;
  const get = () =>
    record.get(0, async () => {
      computed++;
      return outputs(0);
    });
  await get();
  await get();
  expect(computed).toBe(2);
  record.close();
});

test('one record at a time; one that is in use stays until it is not', async () => {
  const first = recordedOutputs('a');
  using again = recordedOutputs('a');
  expect(again.outputs).toBe(first.outputs);
  const get = () => first.outputs.get(0, async () => outputs(0));
  await get();
  using other = recordedOutputs('b');
  expect(other.outputs).not.toBe(first.outputs);
  await other.outputs.get(0, async () => outputs(1));
  first[Symbol.dispose]();
  expect(await get()).toEqual(outputs(0));
  again[Symbol.dispose]();
  await expect(get()).rejects.toThrow();
  // Not a second time, when the test ends.
  Object.assign(again, { [Symbol.dispose]: () => {} });
});
