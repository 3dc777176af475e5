import { afterAll, expect, test } from 'vitest';
import { TakenNames } from '../../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { Backward } from '../../../../shared/train/autodiff/backward.ts';
import { mapAlong, scatterTaps } from '../../../../shared/train/autodiff/rules/along-axis.ts';
import { floats } from '../../_run-emitted.ts';

afterAll(closeSharedProcess);

/** What `make` gives of `x`. */
async function made(
  dims: readonly number[],
  values: readonly number[],
  make: (back: Backward) => string,
): Promise<number[]> {
  const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[${dims.join()}] x) => (float y) { y = Identity (x) }`);
  const back = new Backward(new Map([['x', dims]]), new TakenNames(model.graph));
  const name = make(back);
  const { nodes, initializers } = back;
  const graph = { ...model.graph, nodes, initializers, outputs: [{ name, type: null }] };
  await using session = await openSession({ ...model, graph });
  const outputs = await session.run({ x: floats(dims, ...values) });
  return Array.from(outputs[name]?.data ?? [], Number);
}

test('a matrix is applied along any axis', async () => {
  const matrix = Float32Array.of(1, 2, 0, 1, 3, 0);
  const x = [1, 2, 3, 4];
  expect(await made([2, 2], x, (back) => mapAlong(back, 'x', 0, matrix, 3))).toEqual([
    7, 10, 3, 4, 3, 6,
  ]);
  expect(await made([2, 2], x, (back) => mapAlong(back, 'x', 1, matrix, 3))).toEqual([
    5, 2, 3, 11, 4, 9,
  ]);
});

test('taps of long axes, whose matrix is not written, give the same', async () => {
  const long = 5000;
  const row = Array.from({ length: long }, (_, at) => at % 3);
  const taps = {
    places: [row, row.map((at) => at + 1)],
    weights: [row.map(() => 1), row.map(() => 0.5)],
  };
  const ones = row.map(() => 1);
  const short = await made([long], ones, (back) => scatterTaps(back, 'x', 0, taps, 4));
  const wide = await made([long], ones, (back) => scatterTaps(back, 'x', 0, taps, long));
  expect(short).toEqual([1667, 1667 + 833.5, 1666 + 833.5, 833]);
  expect(wide.slice(0, 5)).toEqual([...short, 0]);
});
