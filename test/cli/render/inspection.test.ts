import { expect, test } from 'vitest';
import { renderInspection } from '../../../shared/cli/render/inspection.ts';
import type { Inspection } from '../../../shared/pipeline/inspect.ts';

const inspection: Inspection = {
  schema: 'fettle.inspect/1',
  path: 'm.onnx',
  format: 'onnx',
  bytes: 36193,
  producer: 'keras\x1b[31m',
  irVersion: 8,
  opsets: { 'ai.onnx': 17, 'com.microsoft': 1 },
  inputs: [{ name: 'image', type: 'float32', shape: ['N', 8] }],
  outputs: [{ name: 'p', type: 'float32' }],
  parameters: 7520,
  weightBytes: 30080,
  bytesByType: { float32: 30080 },
  ops: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`Operator${i}`, 30 - i])),
  nodes: 465,
  subgraphs: 1,
  functions: 0,
  externalFiles: ['m.onnx.data'],
  metadata: {},
  notes: ['a note'],
};

test('facts in columns, nothing from the model can act on the terminal', () => {
  const text = renderInspection(inspection);
  expect(text).not.toContain('\x1b');
  expect(text).toMatch(/format\s+onnx, IR 8, opset 17, com\.microsoft 1/);
  expect(text).toMatch(/input\s+image float32 \[N, 8\]/);
  expect(text).toMatch(/nodes\s+465 \(1 subgraph included\)/);
  expect(text).toContain('m.onnx.data');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
});

test('problems: what is wrong, what is only odd, ten of them', () => {
  const wrong = {
    rule: 'arity',
    where: "node 'a\x1b' (Relu)",
    message: 'it has 2 inputs',
  } as const;
  const odd = { ...wrong, rule: 'opset-import', message: 'odd', isHarmless: true } as const;
  const problems = [odd, ...Array.from({ length: 12 }, () => wrong)];
  const text = renderInspection({ ...inspection, problems });
  expect(text).toMatch(/note\s+node 'a⟨U\+001B⟩' \(Relu\): odd/);
  expect(text).toMatch(/wrong\s+node 'a⟨U\+001B⟩' \(Relu\): it has 2 inputs/);
  expect(text).toMatch(/wrong\s+3 more: see --json/);
});
