import { expect, it } from 'vitest';
import { FUSION_RULES, INTEGER_OPS } from '../../../shared/measure/fusion/fusion-rules.ts';
import { findOp } from '../../../shared/ops/find-op.ts';
import { CASES } from './cases.ts';

it('has a case asked of onnxruntime for every op', () => {
  const asked = new Set(Object.values(CASES).map(({ opType }) => opType));
  // Where is asked below, in a graph of its own: its condition is no float.
  expect([...FUSION_RULES.keys()].filter((op) => !asked.has(op))).toEqual(['Where']);
});

it('names ops that exist', () => {
  for (const op of FUSION_RULES.keys()) expect(findOp('', op, 21), op).toBeDefined();
  for (const op of INTEGER_OPS) {
    const known = findOp('', op, 21) ?? findOp('com.microsoft', op, 1);
    expect(known, op).toBeDefined();
  }
});
