import { expect, test } from 'vitest';
import { blockOptions } from '../../../../shared/compress/quantize/weights/block-options.ts';

test('what each form in blocks may choose; others have no blocks', () => {
  const options = (form: 'matmul-nbits' | 'gather-blocks' | 'dequantize-blocks' | 'folded') =>
    blockOptions({ form, block: 32, symmetric: false });
  const free = { block: 32, symmetric: false, negativeScales: true };
  expect(options('matmul-nbits')).toEqual(free);
  expect(options('gather-blocks')).toEqual(free);
  expect(options('dequantize-blocks')).toEqual({
    block: 32,
    symmetric: true,
    negativeScales: false,
  });
  expect(options('folded')).toBeUndefined();
  expect(blockOptions({ form: 'dynamic', symmetric: true })).toBeUndefined();
});
