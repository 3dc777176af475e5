import { afterAll, describe, expect, test } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { trainingForm } from '../../shared/train/training-form.ts';
import { convNet } from './_nets.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);

const modelOf = (text: string, opset = 13): Model =>
  parseModel(`<ir_version: 8, opset_import: ["": ${opset}, "com.microsoft": 1]> ${text}`);
const opsOf = ({ graph }: Model): string[] => graph.nodes.map(({ opType }) => opType);

test('norms stay beside their convolutions, constants are initializers, the opset is raised', async () => {
  const source = modelOf(`g (float[n,1,2,2] x) => (float[n,2] p)
<float[2,1,1,1] k = {1, -1}, float[2] one = {1, 1}, float[2] zero = {0, 0}> {
    w = Constant <value = float[2,2] {1, 2, 3, 4}> () c = Conv (x, k) b = BatchNormalization (c, one, zero, zero, one)
    g = GlobalAveragePool (b) f = Flatten (g) i = Identity (f) l = MatMul (i, w) p = Softmax <axis = -1> (l) }`);
  const form = await trainingForm(source);
  expect(opsOf(form)).toEqual([
    'Conv',
    'BatchNormalization',
    'GlobalAveragePool',
    'Flatten',
    'MatMul',
    'Softmax',
  ]);
  expect(form.opsets.get('')).toBe(17);
  expect(form.graph.initializers.has('w')).toBe(true);
  expect(form.graph.inputs).toEqual(source.graph.inputs);
  expect(form.graph.outputs).toEqual(source.graph.outputs);
  // Scale, shift, mean and variance were two tensors, and are four.
  const norm = form.graph.nodes[1]?.inputs.slice(1) ?? [];
  expect(new Set(norm).size).toBe(4);
  const x = floats([2, 1, 2, 2], 1, 2, 3, 4, -1, 0, 1, 5);
  await using before = await openSession(source);
  await using after = await openSession(form);
  const [wanted, found] = [await before.run({ x }), await after.run({ x })];
  found.p?.data.forEach((value, index) => {
    expect(value).toBeCloseTo(Number(wanted.p?.data[index]), 6);
  });
});

test('equal weights stay apart', async () => {
  const form = await trainingForm(
    modelOf(`g (float[n,2] x) => (float[n,2] y) <float[2,2] a = {1, 2, 3, 4}, float[2,2] b = {1, 2, 3, 4}> {
      h = MatMul (x, a) r = Relu (h) y = MatMul (r, b) }`),
  );
  expect([...form.graph.initializers.keys()]).toEqual(['a', 'b']);
});

test('a form is its own form', async () => {
  const form = await trainingForm(convNet());
  const again = await trainingForm(form);
  expect(again.graph.nodes).toEqual(form.graph.nodes);
});

describe('refused', () => {
  test.each([
    [
      'quantized weights',
      `g (float[n,2] x) => (float[n,2] y) <int8[2,2] w = {1, 2, 3, 4}, float s = {0.1}, int8 z = {0}> {
        d = DequantizeLinear (w, s, z) y = MatMul (x, d) }`,
      'the model is quantized (1 node: DequantizeLinear)',
    ],
    [
      'half precision',
      `g (float16[n,2] x) => (float16[n,2] y) <float16[2,2] w = {1, 2, 3, 4}> { y = MatMul (x, w) }`,
      'weights are float16',
    ],
    ['nothing to train', 'g (float[n,2] x) => (float[n,2] y) { y = Relu (x) }', 'no weights'],
  ])('%s', async (_, text, message) => {
    const form = trainingForm(modelOf(text));
    await expect(form).rejects.toThrow(message);
    await expect(form).rejects.toBeInstanceOf(UnsupportedError);
  });
});
