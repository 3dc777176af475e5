import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { findOp, isKnownDomain, NEWEST_OPSET } from '../../shared/ops/find-op.ts';
import { hasTrait, opsWithTrait, type Trait } from '../../shared/ops/traits.ts';

const standard = (opType: string) => ({ domain: '', opType });
const LISTED = [
  'elementwise',
  'data-movement',
  'commutative',
  'channel-order',
  'subgraphs',
  'random',
  'expanding',
  'shape-only',
  'quantization',
  'never-negative',
  'weighted',
] as const satisfies readonly Exclude<Trait, 'pure' | 'removable'>[];

const parts = (name: string): [string, string] => {
  const colon = name.lastIndexOf(':');
  return [name.slice(0, Math.max(0, colon)), name.slice(colon + 1)];
};

describe('trait lists', () => {
  it.each(LISTED)('%s holds only operators of the table', (trait) => {
    const unknown = opsWithTrait(trait).filter((name) => {
      const [domain, op] = parts(name);
      return !isKnownDomain(domain) || findOp(domain, op, NEWEST_OPSET) === undefined;
    });
    expect(unknown).toEqual([]);
  });

  it('operators with bodies are those that the op table says', () => {
    for (const name of opsWithTrait('subgraphs')) {
      const [domain, op] = parts(name);
      const kinds = [...(findOp(domain, op, NEWEST_OPSET)?.attributes.values() ?? [])].map(
        (attribute) => attribute.kind,
      );
      expect(kinds, name).toContain('graph');
    }
  });

  it('commutative operators take two or more values of one type', () => {
    for (const op of opsWithTrait('commutative')) {
      const { inputs = [], maxInputs = 0 } = findOp('', op, NEWEST_OPSET) ?? {};
      expect(maxInputs, op).toBeGreaterThanOrEqual(2);
      expect(new Set(inputs.map((input) => input.type)).size, op).toBe(1);
    }
  });
});

it.each(opsWithTrait('never-negative'))('%s gives nothing below zero', async (op) => {
  const model = parseModel(
    `<ir_version: 8, opset_import: ["": 17]> g (float[6] x) => (float[n] y) { y = ${op} (x) }`,
  );
  const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 4 });
  const x = new ort.Tensor('float32', Float32Array.of(-1e30, -3, -0.1, 0, 0.1, 3), [6]);
  const { y } = await session.run({ x });
  const values = Array.from((y?.data ?? []) as Float32Array);
  expect(values.length).toBeGreaterThan(0);
  expect(values.filter((value) => value < 0)).toEqual([]);
});

describe('hasTrait', () => {
  it('tells pure from random and from control flow', () => {
    expect(hasTrait(standard('Conv'), 'pure')).toBe(true);
    expect(hasTrait({ domain: 'ai.onnx', opType: 'Conv' }, 'pure')).toBe(true);
    for (const op of ['RandomNormal', 'Dropout', 'If', 'Loop']) {
      expect(hasTrait(standard(op), 'pure'), op).toBe(false);
      expect(hasTrait(standard(op), 'removable'), op).toBe(true);
    }
  });

  it('is careful about what it does not know', () => {
    for (const trait of ['pure', 'removable', 'elementwise'] as const) {
      expect(hasTrait({ domain: 'my.own', opType: 'Add' }, trait)).toBe(false);
      expect(hasTrait(standard('Adder'), trait)).toBe(false);
    }
  });

  it('knows domains apart', () => {
    expect(hasTrait({ domain: 'com.microsoft', opType: 'QLinearAdd' }, 'elementwise')).toBe(true);
    expect(hasTrait(standard('QLinearAdd'), 'elementwise')).toBe(false);
  });
});
