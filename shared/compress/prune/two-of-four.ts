/**
 * The pattern of NVIDIA's sparse tensor cores: of every four weights that follow each other along the axis
 * that is summed over, two are zero. TensorRT wants it "for each output channel and for each spatial pixel
 * in the kernel" of a Conv [K, C, R, S] along C, and along K of a product.
 */
import { product } from '../../base/product.ts';
import type { InputLayout } from './prune-plan.ts';

const GROUP = 4;

/** Operators for which TensorRT and cuSPARSELt have such kernels. */
const OPS = ['Conv', 'Gemm', 'MatMul'];

/** Why a weight cannot have the pattern; undefined where it can. */
export function whyNotTwoOfFour(
  ops: readonly string[],
  dims: readonly number[],
  { axis }: InputLayout,
): string | undefined {
  const other = ops.find((op) => !OPS.includes(op));
  if (other !== undefined) return `no kernel for 2:4 takes a ${other}`;
  const channels = dims[axis] ?? 0;
  return channels % GROUP === 0 ? undefined : `it sums over ${channels}, no multiple of ${GROUP}`;
}

/** Calls `zero` with the places of the two lowest scores of each four; of equal ones the first go. */
export function eachOfTwo(
  scores: Float32Array,
  dims: readonly number[],
  axis: number,
  zero: (index: number) => void,
): void {
  const channels = dims[axis] ?? 0;
  const inner = product(dims.slice(axis + 1));
  for (let start = 0; start < scores.length; start += channels * inner) {
    for (let channel = 0; channel < channels; channel += GROUP) {
      for (let at = 0; at < inner; at++) {
        const first = start + channel * inner + at;
        const places = [first, first + inner, first + 2 * inner, first + 3 * inner];
        // A stable sort: of equal ones the first stays first.
        places.sort((a, b) => compare(scores[a] as number, scores[b] as number));
        zero(places[0] as number);
        zero(places[1] as number);
      }
    }
  }
}

/** Infinite scores are equal, too. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
