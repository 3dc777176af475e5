import { afterAll, describe, expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import type { Label } from '../../shared/measure/data/data-set.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { TakenNames } from '../../shared/onnx/taken-names.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { staticShapes } from '../../shared/train/autodiff/static-shapes.ts';
import { Emitter } from '../../shared/train/emitter.ts';
import { classesOf, lossHead } from '../../shared/train/loss-head.ts';
import type { LossSpec } from '../../shared/train/loss-spec.ts';
import { infoOf, withInputs, withParts } from '../../shared/train/step-graph.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);

const bytes = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'uint8',
  dims,
  data: Uint8Array.from(values),
});

/** The loss of y, which an op makes of x. */
async function lossOf(
  spec: LossSpec,
  op: string,
  x: Tensor,
  labels: readonly Label[],
): Promise<number> {
  const model: Model = parseModel(
    `<ir_version: 8, opset_import: ["": 17]> g (float[${x.dims.join()}] x) => (float[${x.dims.join()}] y) { y = ${op} }`,
  );
  const shapes = new Map(await staticShapes(model));
  const head = lossHead(spec, { graph: model.graph, shapes });
  const given = withInputs(model, head.extraInputs);
  for (const { name, shape } of head.extraInputs) shapes.set(name, shape);
  const emit = new Emitter(shapes, new TakenNames(given.graph), 'loss');
  const loss = head.emit(emit);
  const whole = withParts(given, emit);
  await using session = await openSession({
    ...whole,
    graph: { ...whole.graph, outputs: [infoOf(loss, 'float32', [])] },
  });
  const feeds: NamedTensors = { x, ...head.targets(labels) };
  return Number((await session.run(feeds))[loss]?.data[0]);
}

const classes = {
  kind: 'classes',
  output: 'y',
  form: 'numbers',
  scale: 'logits',
  axis: -1,
} as const;
const logSum = (...logits: number[]): number =>
  Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
const logits = floats([2, 3], 1, 2, 4, -1, 0, 30);
const wanted = (logSum(1, 2, 4) - 2 + logSum(-1, 0, 30) - 30) / 2;

describe('classes', () => {
  test.each([
    ['by the logits of a softmax', classes, 'Softmax (x)', [1, 2]],
    ['of logits', classes, 'Identity (x)', [1, 2]],
    [
      'one-hot',
      { ...classes, form: 'one-hot' },
      'Softmax (x)',
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
  ] as const)('%s', async (_, spec, op, labels) => {
    expect(await lossOf(spec, op, logits, labels)).toBeCloseTo(wanted, 5);
  });

  test('of probabilities that no softmax makes', async () => {
    const chances = floats([2, 2], 0.25, 0.75, 1, 0);
    const loss = await lossOf(
      { ...classes, scale: 'probabilities' },
      'Identity (x)',
      chances,
      [1, 1],
    );
    // A probability of zero counts as 1e-7.
    expect(loss).toBeCloseTo((-Math.log(0.75) - Math.log(1e-7)) / 2, 3);
  });

  test('at each place, channels first', async () => {
    const maps = floats([1, 2, 1, 3], 1, 2, 3, 0, 0, 5);
    const loss = await lossOf({ ...classes, axis: 1 }, 'Softmax <axis = 1> (x)', maps, [
      bytes([1, 3], 0, 1, 1),
    ]);
    const each = [logSum(1, 0) - 1, logSum(2, 0) - 0, logSum(3, 5) - 5];
    expect(loss).toBeCloseTo(each.reduce((a, b) => a + b) / 3, 5);
  });

  test('yes or no, without an infinity', async () => {
    const spec: LossSpec = { ...classes, form: 'chances', scale: 'probabilities' };
    const loss = await lossOf(spec, 'Sigmoid (x)', floats([3, 1], 2, -500, 500), [1, 0, 0]);
    expect(loss).toBeCloseTo((Math.log(1 + Math.exp(-2)) + 0 + 500) / 3, 3);
  });
});

test('values, by squares or by distance', async () => {
  const values = floats([2, 2], 1, 2, 3, 8);
  const labels = [[0, 2], bytes([2], 3, 4)];
  const spec = { kind: 'values', output: 'y', loss: 'mse' } as const;
  expect(await lossOf(spec, 'Identity (x)', values, labels)).toBeCloseTo((1 + 16) / 4, 5);
  expect(await lossOf({ ...spec, loss: 'huber' }, 'Identity (x)', values, labels)).toBeCloseTo(
    (0.5 + 3.5) / 4,
    5,
  );
});

describe('labels that do not fit', () => {
  test.each([
    ['too many', [0, 1], 'a label has 2 classes where the model gives 1'],
    ['a text', 'three', 'is no class number'],
    ['beyond', 3, 'out of range'],
    ['nothing', undefined, 'is no class number'],
  ])('%s', (_, label, message) => {
    expect(() => classesOf(label, { rows: 1, classes: 3, form: 'numbers' })).toThrow(message);
  });

  test('rows without a one', () => {
    expect(() => classesOf([0, 0.5, 0], { rows: 1, classes: 3, form: 'one-hot' })).toThrow(
      'no row of zeros',
    );
  });
});
