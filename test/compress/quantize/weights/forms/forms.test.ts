import { expect, it } from 'vitest';
import { FORMS } from '../../../../../shared/compress/quantize/weights/forms/forms.ts';
import { findOp } from '../../../../../shared/ops/find-op.ts';

it('names the opset from which its operators are there', () => {
  const operators = {
    dequantize: 'DequantizeLinear',
    dynamic: 'DynamicQuantizeLinear',
    folded: 'Cast',
  } as const;
  for (const [form, operator] of Object.entries(operators))
    expect(findOp('', operator, FORMS[form as keyof typeof operators].opset), form).toBeDefined();
  // By axis since 13, in blocks since 21.
  expect(findOp('', 'DequantizeLinear', FORMS.dequantize.opset)?.attributes.has('axis')).toBe(true);
  expect(
    findOp('', 'DequantizeLinear', FORMS['dequantize-blocks'].opset)?.attributes.has('block_size'),
  ).toBe(true);
  expect(
    findOp('', 'DequantizeLinear', FORMS['dequantize-blocks'].opset - 1)?.attributes.has(
      'block_size',
    ),
  ).toBe(false);
});
