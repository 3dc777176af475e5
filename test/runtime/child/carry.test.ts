import { expect, test } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { SessionTable } from '../../../shared/runtime/child/session-table.ts';

const options = { threads: 1, optimization: 'all', extra: {} } as const;
const links = [{ input: 'total', output: 'next' }];
const floats = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

async function adding(): Promise<SessionTable> {
  const source = encodeModel(
    parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2] x, float[2] total) => (float[2] next) { next = Add (total, x) }`),
  );
  const table = new SessionTable();
  await table.open({ session: 1, source, options });
  return table;
}

test('is carried on, and is what it was after the last step', async () => {
  const table = await adding();
  const start = { total: floats(1, 2) };
  await table.startCarry({ into: 2, session: 1, links, start, helper: null });
  const given: unknown[] = [];
  for (let step = 0; step < 3; step++)
    given.push((await table.carry({ into: 2, feeds: { x: floats(1, 1) }, fetch: ['next'] })).next);
  // The last answer's memory is written over by later steps: it is copied when it leaves the process.
  expect(given.at(-1)).toEqual(floats(4, 5));
  expect(await table.endCarry({ into: 2 })).toEqual({ total: floats(4, 5) });
  await expect(async () => table.endCarry({ into: 2 })).rejects.toThrow('not started');
});

test('each step writes where the one before the last lay', async () => {
  const table = await adding();
  await table.startCarry({
    into: 2,
    session: 1,
    links,
    start: { total: floats(0, 0) },
    helper: null,
  });
  const places: Tensor['data'][] = [];
  for (let step = 0; step < 4; step++) {
    const { next } = await table.carry({ into: 2, feeds: { x: floats(1, 1) }, fetch: ['next'] });
    places.push(next?.data ?? []);
  }
  // What the first step gave was written over by the third, and the second's by the fourth.
  expect(places.map((data) => data[0])).toEqual([3, 4, 3, 4]);
});
