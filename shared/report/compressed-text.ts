/** What zeros save: the bytes of a compressed file, and that nothing gets faster by them. */
import { formatBytes } from './numbers.ts';
import type { VariantRow } from './schema.ts';

/** Under one percent nobody gains anything. */
const SAME = 0.99;

/** `dense kernels do not get faster by zeros; compressed: 61% smaller, 1.20 MB instead of 3.10 MB (zstd), …`; none where it was not measured. */
export function compressedNotes(row: Pick<VariantRow, 'name' | 'hardware' | 'size'>): string[] {
  const { size } = row;
  const { compressed, baseCompressed } = size ?? {};
  if (!compressed || !baseCompressed) return [];
  const parts = (['zstd', 'gzip'] as const).map((way) => {
    const ratio = compressed[way] / baseCompressed[way];
    const change = ratio < SAME ? `${((1 - ratio) * 100).toFixed(0)}% smaller, ` : '';
    return `${change}${formatBytes(compressed[way])} instead of ${formatBytes(baseCompressed[way])} (${way})`;
  });
  return [`${speedText(row)}; compressed: ${parts.join(', ')}`];
}

const DENSE = 'dense kernels do not get faster by zeros';

/** Who gains time by zeros. Sparse tensor cores (Ampere and later) are used where TensorRT is told to look for them. */
function speedText({ name, hardware }: Pick<VariantRow, 'name' | 'hardware'>): string {
  if (!name.split('+').includes('sparse-2-4')) return DENSE;
  return hardware === 'cuda'
    ? 'sparse tensor cores skip the zeros where TensorRT is told to (trt_sparsity_enable); other kernels are dense'
    : `${DENSE}; those of 2:4 are skipped by sparse tensor cores (cuda, with TensorRT) alone`;
}
