import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { describeModel, inspectModel } from '../../shared/pipeline/inspect.ts';
import { body, graph, model, node } from '../onnx/_build.ts';
import { EXAMPLES } from './inline-context.ts';

const DIGITS = join(EXAMPLES, 'digits.onnx');

test('the facts of a real model', async () => {
  expect(await inspectModel(DIGITS)).toMatchObject({
    schema: 'fettle.inspect/1',
    format: 'onnx',
    bytes: 36193,
    producer: 'tf2onnx 1.17.0 None',
    opsets: { 'ai.onnx': 18 },
    parameters: 7520,
    nodes: 21,
    subgraphs: 0,
    inputs: [{ name: 'image', type: 'float32', shape: [expect.any(String), 8, 8, 1] }],
    outputs: [{ name: 'output_0', type: 'float32' }],
    ops: { Conv: 5, MatMul: 1 },
    externalFiles: [],
    notes: [],
    problems: [],
  });
});

test('external data counts as the model’s bytes', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  try {
    using opened = openModel(DIGITS);
    const { bytes } = writeModel(opened.model, join(dir, 'm.onnx'), { external: 'always' });
    const inspection = await inspectModel(join(dir, 'm.onnx'));
    expect(inspection.externalFiles).toEqual(['m.onnx.data']);
    expect(inspection.bytes).toBe(bytes);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('subgraphs, undeclared types and custom ops', () => {
  const inner = graph([node('Relu', ['x'], ['y'])], [], ['y']);
  const main = graph(
    [
      node('If', ['c'], ['z'], [body('then_branch', inner)]),
      { ...node('Magic', ['x'], ['w']), domain: 'my.ops' },
    ],
    ['x', 'c'],
    ['z'],
  );
  const described = describeModel(model(main));
  expect(described).toMatchObject({ subgraphs: 1, nodes: 3, ops: { Relu: 1, 'my.ops:Magic': 1 } });
  expect(described.inputs[0]).toEqual({ name: 'x', type: 'undeclared' });
  expect(described.notes).toEqual([expect.stringContaining('custom op my.ops:Magic')]);
});

test('other formats are refused with the line to run', async () => {
  await expect(inspectModel(join(EXAMPLES, 'test.npz'))).rejects.toMatchObject({ exitCode: 2 });
});
