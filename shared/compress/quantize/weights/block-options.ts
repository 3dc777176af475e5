/** How codes in blocks may be chosen for each form. */
import type { Int4Options } from './kernels/int4-blocks.ts';
import type { PlannedWeight } from './weight-plan.ts';

/** Undefined for forms that are not in blocks. */
export function blockOptions({
  form,
  block,
  symmetric,
}: Pick<PlannedWeight, 'form' | 'block' | 'symmetric'>): Int4Options | undefined {
  if (block === undefined) return undefined;
  switch (form) {
    case 'matmul-nbits':
    case 'gather-blocks':
      return { block, symmetric, negativeScales: true };
    case 'dequantize-blocks':
      // TensorRT wants symmetric codes and positive scales.
      return { block, symmetric: true, negativeScales: false };
    default:
      return undefined;
  }
}
