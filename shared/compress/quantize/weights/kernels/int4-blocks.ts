/**
 * 4-bit codes in blocks along the axis that is summed over, one scale (and, asymmetric, one zero point)
 * a block.
 *
 * For codes q the scale with the least Σ(w − s·q)² is Σwq / Σq², and what it explains of Σw² is
 * (Σwq)² / Σq². Two first scales are tried, and the codes that explain more win. Mean squared error of
 * normal weights in blocks of 32, times 1000: 8.80 for the usual |w|max / 7 with codes −7 to 7, 6.92 with
 * codes −8 to 7, 6.54 with these two scales, 6.42 with three, 6.32 with twenty.
 */
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import type { Block } from '../../policy.ts';
import type { MatrixUse } from '../find-weight-uses.ts';
import { forEachChunk } from './float32-chunks.ts';

export interface Int4Options {
  readonly block: Block;
  readonly symmetric: boolean;
  /** Whether scales may be negative, so that −8 is used also where the largest weight is positive. */
  readonly negativeScales: boolean;
}

/** Codes of a matrix with `N` output channels and `blocks = ceil(K / block)` blocks in each. */
export interface Int4Blocks {
  /** `[N, blocks, block / 2]` bytes of two codes from 0 to 15, the first in the low half. The last block is filled up with zero points. */
  readonly packed: Uint8Array;
  /** `[N, blocks]`. A weight is (code − zero point) · scale. */
  readonly scales: Float32Array;
  /** `[N, blocks]`; 8 everywhere when symmetric. */
  readonly zeroPoints: Uint8Array;
}

/** Adding and subtracting 1.5 · 2^52 rounds half to even. */
const ROUND = 6_755_399_441_055_744;

/** Where the largest weight lands, counted from the zero point, before it is rounded and cut off at −8: the best two, by block. */
const ENDS = { 32: [8, 8.6], 64: [8.2, 8.8], 128: [8.4, 9.2] } as const;
/** The same at the positive end, which has one code less. */
const POSITIVE_ENDS = { 32: [7, 7.6], 64: [7.2, 7.8], 128: [7.4, 8.2] } as const;
/** How much of the range asymmetric codes cover. */
const SHARES = [1, 0.92] as const;

/** Columns that are quantized together: a line of the CPU's cache. */
const TILE = 16;

/** Reads the weights once, in pieces. */
export function quantizeBlocks(
  tensor: StoredTensor,
  { K, N, transposed }: MatrixUse,
  options: Int4Options,
): Int4Blocks {
  const { block } = options;
  const blocks = Math.ceil(K / block);
  const quantizer = new BlockQuantizer(options, N * blocks);
  const { tile } = quantizer;
  if (transposed) {
    forEachChunk(tensor, K, (values, start) => {
      for (let row = 0; row < values.length; row += K) {
        for (let from = 0; from < K; from += block) {
          const count = Math.min(block, K - from);
          for (let i = 0; i < count; i++) tile[i] = values[row + from + i] as number;
          tile.fill(0, count, block);
          quantizer.run(0, ((start + row) / K) * blocks + from / block);
        }
      }
    });
    return quantizer.result;
  }
  // The rows of a block come together. Whole lines are read: going down one column at a time would
  // throw each line out of the cache before its other columns are read.
  forEachChunk(tensor, N * block, (values, start) => {
    const rows = values.length / N;
    for (let from = 0; from < rows; from += block) {
      const count = Math.min(block, rows - from);
      const blockIndex = (start / N + from) / block;
      for (let first = 0; first < N; first += TILE) {
        const columns = Math.min(TILE, N - first);
        if (count < block) tile.fill(0);
        for (let i = 0; i < count; i++) {
          const at = (from + i) * N + first;
          for (let column = 0, to = i; column < columns; column++, to += block)
            tile[to] = values[at + column] as number;
        }
        for (let column = 0; column < columns; column++)
          quantizer.run(column * block, (first + column) * blocks + blockIndex);
      }
    }
  });
  return quantizer.result;
}

/** Numbers travel between its methods in a typed array: as arguments they would be boxed, which took a third of the time. */
class BlockQuantizer {
  readonly result: Int4Blocks;
  /** Weights to be quantized, a block behind the other. */
  readonly tile: Float64Array;
  readonly #block: number;
  readonly #symmetric: boolean;
  readonly #negativeScales: boolean;
  readonly #ends: readonly [number, number];
  readonly #positiveEnds: readonly [number, number];
  /** The inverse scales that are tried. */
  readonly #inverses = new Float64Array(2);

  constructor({ block, symmetric, negativeScales }: Int4Options, count: number) {
    this.result = {
      packed: new Uint8Array((count * block) / 2),
      scales: new Float32Array(count),
      zeroPoints: new Uint8Array(count).fill(8),
    };
    this.tile = new Float64Array(TILE * block);
    this.#block = block;
    this.#symmetric = symmetric;
    this.#negativeScales = negativeScales;
    this.#ends = ENDS[block];
    this.#positiveEnds = POSITIVE_ENDS[block];
  }

  /** The block that starts at `start` of the tile, as number `index` of the result. */
  run(start: number, index: number): void {
    if (this.#symmetric) this.#runSymmetric(start, index);
    else this.#runAsymmetric(start, index);
  }

  #runSymmetric(start: number, index: number): void {
    const { tile } = this;
    let peak = 0;
    let extreme = 0;
    for (let i = start, end = start + this.#block; i < end; i++) {
      const weight = tile[i] as number;
      const size = Math.abs(weight);
      if (size > peak) {
        peak = size;
        extreme = weight;
      }
    }
    const usesEnd = extreme < 0 || this.#negativeScales;
    const ends = usesEnd ? this.#ends : this.#positiveEnds;
    const signed = usesEnd ? -extreme : extreme;
    this.#inverses[0] = ends[0] / signed;
    this.#inverses[1] = ends[1] / signed;
    this.#take(start, index, 8, this.#isFirstBetter(start, 8, 8) ? 0 : 1);
  }

  #runAsymmetric(start: number, index: number): void {
    const { tile } = this;
    let low = 0;
    let high = 0;
    for (let i = start, end = start + this.#block; i < end; i++) {
      const weight = tile[i] as number;
      if (weight < low) low = weight;
      if (weight > high) high = weight;
    }
    const [share, otherShare] = SHARES;
    const inverse = 15 / ((high - low) * share);
    const otherInverse = 15 / ((high - low) * otherShare);
    this.#inverses[0] = inverse;
    this.#inverses[1] = otherInverse;
    const zero = zeroOf(-low * share * inverse);
    const otherZero = zeroOf(-low * otherShare * otherInverse);
    const isFirst = this.#isFirstBetter(start, zero, otherZero);
    this.#take(start, index, isFirst ? zero : otherZero, isFirst ? 0 : 1);
  }

  /** Whether the codes at the first scale explain no less than those at the other; also for a block of zeros. */
  #isFirstBetter(start: number, zero: number, otherZero: number): boolean {
    const { tile } = this;
    const inverse = this.#inverses[0] as number;
    const otherInverse = this.#inverses[1] as number;
    const highest = 15 - zero;
    const otherHighest = 15 - otherZero;
    let product = 0;
    let square = 0;
    let otherProduct = 0;
    let otherSquare = 0;
    for (let i = start, end = start + this.#block; i < end; i++) {
      const weight = tile[i] as number;
      let code = weight * inverse + ROUND - ROUND;
      if (code < -zero) code = -zero;
      else if (code > highest) code = highest;
      product += weight * code;
      square += code * code;
      let otherCode = weight * otherInverse + ROUND - ROUND;
      if (otherCode < -otherZero) otherCode = -otherZero;
      else if (otherCode > otherHighest) otherCode = otherHighest;
      otherProduct += weight * otherCode;
      otherSquare += otherCode * otherCode;
    }
    return !((otherProduct * otherProduct) / otherSquare > (product * product) / square);
  }

  /** Rounds at the chosen scale and packs; the scale stored is the best one for those codes. */
  #take(start: number, index: number, zero: number, chosen: 0 | 1): void {
    const { tile } = this;
    const { packed, scales, zeroPoints } = this.result;
    const half = this.#block / 2;
    const inverse = this.#inverses[chosen] as number;
    const highest = 15 - zero;
    const bias = 17 * zero;
    let product = 0;
    let square = 0;
    for (let i = 0, at = start, to = index * half; i < half; i++, at += 2, to++) {
      const weight = tile[at] as number;
      const next = tile[at + 1] as number;
      let code = weight * inverse + ROUND - ROUND;
      if (code < -zero) code = -zero;
      else if (code > highest) code = highest;
      let nextCode = next * inverse + ROUND - ROUND;
      if (nextCode < -zero) nextCode = -zero;
      else if (nextCode > highest) nextCode = highest;
      product += weight * code + next * nextCode;
      square += code * code + nextCode * nextCode;
      packed[to] = code + 16 * nextCode + bias;
    }
    const scale = Math.fround(product / square);
    zeroPoints[index] = zero;
    // Not so for a block of zeros, or of weights too small for a scale of float32.
    if (Number.isFinite(scale) && Math.abs(scale) >= 2 ** -126) scales[index] = scale;
    else {
      scales[index] = 1;
      packed.fill(bias, index * half, (index + 1) * half);
    }
  }
}

/** The code that stands for 0; an empty range gives 0. */
function zeroOf(code: number): number {
  return Math.min(15, Math.max(0, Math.round(code))) || 0;
}
