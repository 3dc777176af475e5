import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('a table for people, JSON for programs', async () => {
  const { code, stdout, stderr } = await fettle(place, 'inspect', DIGITS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/parameters\s+7,520/);
  expect(JSON.parse((await fettle(place, 'inspect', DIGITS, '--json')).stdout).parameters).toBe(
    7520,
  );
});

test('a graph between the tensors that are named', async () => {
  const frozen = resolve('test/fixtures/tensorflow/digits_cnn/frozen.pb');
  const cut = ['--inputs', 'Relu:0', '--outputs', 'Relu_1:0'];
  const { stdout } = await fettle(place, 'inspect', frozen, ...cut);
  expect(stdout).toMatch(/input\s+Relu:0 float32 \[/);
  expect(stdout).toMatch(/output\s+Relu_1:0 float32 \[/);
});

test('a broken model is shown as far as it goes, with what is wrong', async () => {
  const text = `<ir_version: 8, opset_import: ["": 17]>
    g (float[1,2] x) => (float[1,2] y) { [sum] y = Add (x, nowhere)\n z = Relu (w)\n w = Abs (x) }`;
  writeModel(parseModel(text), place.path('broken.onnx'));
  const { code, stdout, stderr } = await fettle(place, 'inspect', 'broken.onnx');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/wrong\s+node 'sum' \(Add\): it reads 'nowhere', which nothing defines/);
  expect(stdout).toMatch(/note\s+a node stands before what it reads/);
  expect(stdout).toMatch(/ops\s+Abs 1, Add 1, Relu 1/);
  const json = JSON.parse((await fettle(place, 'inspect', 'broken.onnx', '--json')).stdout);
  expect(json).toMatchObject({ nodes: 3, problems: [{ rule: 'defined-inputs' }] });
});
