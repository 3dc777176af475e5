import { expect, it } from 'vitest';
import { compressedNotes } from '../../shared/report/compressed-text.ts';

const size = (
  compressed?: [number, number],
  base?: [number, number],
  name = 'pruned-90',
  hardware = 'x64',
) => ({
  name,
  hardware,
  size: {
    bytes: 4e6,
    ...(compressed && { compressed: { gzip: compressed[0], zstd: compressed[1] } }),
    ...(base && { baseCompressed: { gzip: base[0], zstd: base[1] } }),
  },
});

it.each([
  [
    size([1.5e6, 1.2e6], [3.2e6, 3.1e6]),
    [
      'dense kernels do not get faster by zeros; compressed: 61% smaller, 1.20 MB instead of 3.10 MB (zstd), 53% smaller, 1.50 MB instead of 3.20 MB (gzip)',
    ],
  ],
  [
    size([3.2e6, 3.2e6], [3.2e6, 3.1e6]),
    [
      'dense kernels do not get faster by zeros; compressed: 3.20 MB instead of 3.10 MB (zstd), 3.20 MB instead of 3.20 MB (gzip)',
    ],
  ],
  [size([1, 1]), []],
  [size(undefined, [1, 1]), []],
  [{ name: 'pruned-90', hardware: 'x64' }, []],
  [
    size([1, 1], [2, 2], 'sparse-2-4+int8', 'cuda'),
    [
      'sparse tensor cores skip the zeros where TensorRT is told to (trt_sparsity_enable); other kernels are dense; compressed: 50% smaller, 1 B instead of 2 B (zstd), 50% smaller, 1 B instead of 2 B (gzip)',
    ],
  ],
  [
    size([1, 1], [1, 1], 'sparse-2-4', 'arm64'),
    [
      'dense kernels do not get faster by zeros; those of 2:4 are skipped by sparse tensor cores (cuda, with TensorRT) alone; compressed: 1 B instead of 1 B (zstd), 1 B instead of 1 B (gzip)',
    ],
  ],
])('%j', (row, wanted) => {
  expect(compressedNotes(row)).toEqual(wanted);
});
