import { afterAll, expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { firstDivergence } from '../../../shared/pipeline/verify/first-divergence.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

const LAYERS = 40;
const tensor = (dims: readonly number[], values: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

/** y_i = y_{i−1} + 1, transposed once so that it is held in another order than the source has it. */
const model = parseModel(
  `<ir_version: 8, opset_import: ["": 17]>
   g (float[2,3] x) => (float[3,2] y${LAYERS - 1})
   <float one = {1}> {
     t = Transpose<perm = [1, 0]> (x)
     ${Array.from({ length: LAYERS }, (_, i) => `y${i} = Add (${i === 0 ? 't' : `y${i - 1}`}, one)`).join('\n')}
   }`,
);
const origins = new Map(
  Array.from({ length: LAYERS }, (_, i) => [
    `y${i}`,
    { source: `layer_${i}`, order: [1, 0] as const },
  ]),
);
const feeds = { x: tensor([2, 3], [0, 1, 2, 3, 4, 5]) };

/** The source: as the model, but 0.5 more from one layer on. */
const sourceWith =
  (wrongFrom: number, seen: string[][] = []) =>
  async (names: readonly string[]): Promise<NamedTensors> => {
    seen.push([...names]);
    return Object.fromEntries(
      names.map((name) => {
        const layer = Number(name.slice('layer_'.length));
        const more = layer + 1 + (layer >= wrongFrom ? 0.5 : 0);
        return [
          name,
          tensor(
            [2, 3],
            [0, 1, 2, 3, 4, 5].map((value) => value + more),
          ),
        ];
      }),
    );
  };

test.each([0, 1, 17, LAYERS - 1])('layer %i is found', async (wrong) => {
  const seen: string[][] = [];
  const found = await firstDivergence(model, origins, feeds, sourceWith(wrong, seen));
  expect(found).toMatchObject({ source: `layer_${wrong}`, maxAbsError: 0.5 });
  expect(found?.lastAgreeing).toBe(wrong === 0 ? undefined : `layer_${wrong - 1}`);
  expect(seen.length).toBeLessThanOrEqual(3);
});

test('models that agree diverge nowhere; what the source cannot show is passed over', async () => {
  expect(await firstDivergence(model, origins, feeds, sourceWith(LAYERS))).toBeUndefined();
  expect(await firstDivergence(model, origins, feeds, async () => ({}))).toBeUndefined();
});
