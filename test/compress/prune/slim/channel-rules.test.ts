import { expect, it } from 'vitest';
import { channelRule } from '../../../../shared/compress/prune/slim/channel-rules.ts';
import { elementwise } from '../../../../shared/compress/prune/slim/rules/broadcast.ts';
import { conv } from '../../../../shared/compress/prune/slim/rules/convolution.ts';
import { findOp, NEWEST_OPSET, opTypesOf } from '../../../../shared/ops/find-op.ts';
import { n } from './_nets.ts';

it('has rules for operators of the standard domain, and for elementwise ones of any', () => {
  expect(channelRule(n('Conv', [], []))).toBe(conv);
  expect(channelRule(n('ai.onnx:Conv', [], []))).toBe(conv);
  expect(channelRule(n('com.microsoft:Conv', [], []))).toBeUndefined();
  expect(channelRule(n('Tanh', [], []))).toBe(elementwise);
  expect(channelRule(n('com.microsoft:QuickGelu', [], []))).toBe(elementwise);
  expect(channelRule(n('NonZero', [], []))).toBeUndefined();
});

it('names no operator that does not exist', () => {
  const known = opTypesOf('').filter((op) => channelRule(n(op, [], [])));
  expect(known.length).toBeGreaterThan(100);
  for (const op of known) expect(findOp('', op, NEWEST_OPSET)).toBeDefined();
});
