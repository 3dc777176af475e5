/**
 * 4-bit codes in blocks along the axis that is summed over, one scale (and, asymmetric, one zero point)
 * a block.
 *
 * For codes q the scale with the least Σ(w − s·q)² is Σwq / Σq², and what it explains of Σw² is
 * (Σwq)² / Σq². Two first scales are tried, and the codes that explain more win. Mean squared error of
 * normal weights in blocks of 32, times 1000: 8.80 for the usual |w|max / 7 with codes −7 to 7, 6.92 with
 * codes −8 to 7, 6.54 with these two scales, 6.42 with three, 6.32 with twenty.
 *
 * The arithmetic is WebAssembly (int4-blocks.wat): the best loops of JavaScript took six times as long, see
 * docs/decisions.md.
 */
import { DefectError } from '../../../../base/errors.ts';
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import type { Block } from '../../policy.ts';
import type { MatrixUse } from '../find-weight-uses.ts';
import { chunkLength, forEachChunk } from './float32-chunks.ts';
import { INT4_WASM } from './int4-blocks-wasm.ts';

export interface Int4Options {
  readonly block: Block;
  readonly symmetric: boolean;
  /** Whether scales may be negative, so that −8 is used also where the largest weight is positive. */
  readonly negativeScales: boolean;
}

/** Codes of a matrix with `N` output channels and `blocks = ceil(K / block)` blocks in each. */
export interface Int4Blocks {
  /** `[N, blocks, block / 2]` bytes of two codes from 0 to 15, the first in the low half. The last block is filled up with zero points. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[N, blocks]`. A weight is (code − zero point) · scale. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** `[N, blocks]`; 8 everywhere when symmetric. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

/** Where the largest weight lands, counted from the zero point, before it is rounded and cut off at −8: the best two, by block. */
const ENDS = { 32: [8, 8.6], 64: [8.2, 8.8], 128: [8.4, 9.2] } as const;
/** The same at the positive end, which has one code less. */
const POSITIVE_ENDS = { 32: [7, 7.6], 64: [7.2, 7.8], 128: [7.4, 8.2] } as const;
/** How much of the range asymmetric codes cover. */
const SHARES = [1, 0.92] as const;

/** Reads the weights once, in pieces. */
export function quantizeBlocks(
  tensor: StoredTensor,
  { K, N, transposed }: MatrixUse,
  options: Int4Options,
): Int4Blocks {
  const { block } = options;
  const blocks = Math.ceil(K / block);
  // Rows of all channels for whole blocks, or whole channels.
  const unit = transposed ? K : N * block;
  const length = chunkLength(tensor, unit);
  const kernel = new Kernel(options, N * blocks, length, transposed ? length / K : N);
  forEachChunk(
    tensor,
    unit,
    (values, start) => {
      if (transposed) {
        const channels = values.length / K;
        for (let from = 0; from < K; from += block)
          kernel.run(
            from,
            { channels, channelStride: K, rowStride: 1, count: Math.min(block, K - from) },
            {
              first: (start / K) * blocks + from / block,
              stride: blocks,
            },
          );
        return;
      }
      const rows = values.length / N;
      for (let from = 0; from < rows; from += block)
        kernel.run(
          from * N,
          { channels: N, channelStride: 1, rowStride: N, count: Math.min(block, rows - from) },
          {
            first: (start / N + from) / block,
            stride: blocks,
          },
        );
    },
    kernel.source,
  );
  return kernel.result;
}

/** One block of each of `channels` channels; strides count elements. */
interface Blocks {
  readonly channels: number;
  readonly channelStride: number;
  readonly rowStride: number;
  readonly count: number;
}

/** What this file needs of it: TypeScript's own declarations come only with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (size: {
    readonly initial: number;
  }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
};

let compiled: object | undefined;

/** An instance with room for a piece of the weights and its codes. */
class Kernel {
  readonly result: Int4Blocks;
  /** Where weights are put. */
  readonly source: Float32Array<ArrayBuffer>;
  readonly #options: Int4Options;
  readonly #quantize: (...args: readonly number[]) => void;
  readonly #scratch: number;
  readonly #packed: Uint32Array<ArrayBuffer>;
  readonly #scales: Float32Array<ArrayBuffer>;
  readonly #zeros: Uint32Array<ArrayBuffer>;
  readonly #packedResult: Uint32Array<ArrayBuffer>;

  /** @param count blocks in all @param length elements in a piece @param channels at most so many a call */
  constructor(options: Int4Options, count: number, length: number, channels: number) {
    const { block } = options;
    this.#options = options;
    // The kernel works on four channels at a time, and reads and writes as many.
    const padded = Math.ceil(channels / 4) * 4;
    const slack = Math.ceil(length / Math.max(1, channels)) * 3;
    const places = [length + slack, block * 4, (padded * block) / 8, padded, padded];
    compiled ??= new WebAssembly.Module(Buffer.from(INT4_WASM, 'base64'));
    const { memory, quantize } = new WebAssembly.Instance(compiled).exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof quantize !== 'function')
      throw new DefectError('the int4 kernel has other exports');
    const words = places.reduce((sum, size) => sum + size, 0);
    memory.grow(Math.ceil((words * 4) / PAGE_BYTES));
    const starts = places.map((_, index) =>
      places.slice(0, index).reduce((sum, size) => sum + size * 4, 0),
    );
    const [source = 0, scratch = 0, packed = 0, scales = 0, zeros = 0] = starts;
    const { buffer } = memory;
    this.source = new Float32Array(buffer, source, length);
    this.#scratch = scratch;
    this.#packed = new Uint32Array(buffer, packed, (padded * block) / 8);
    this.#scales = new Float32Array(buffer, scales, padded);
    this.#zeros = new Uint32Array(buffer, zeros, padded);
    this.#quantize = quantize as (...args: readonly number[]) => void;
    this.#packedResult = new Uint32Array((count * block) / 8);
    this.result = {
      packed: new Uint8Array(this.#packedResult.buffer),
      scales: new Float32Array(count),
      zeroPoints: new Uint8Array(count),
    };
  }

  /** Quantizes blocks that begin at element `at` of the piece; the result of channel c is number `first + c * stride`. */
  run(
    at: number,
    blocks: Blocks,
    { first, stride }: { readonly first: number; readonly stride: number },
  ): void {
    const { block, symmetric, negativeScales } = this.#options;
    const [one, other] = symmetric ? ENDS[block] : SHARES;
    this.#quantize(
      at * 4,
      blocks.channelStride * 4,
      blocks.rowStride * 4,
      blocks.channels,
      blocks.count,
      block,
      symmetric ? 0 : 1,
      negativeScales ? 1 : 0,
      one,
      other,
      ...POSITIVE_ENDS[block],
      this.#scratch,
      this.#packed.byteOffset,
      this.#scales.byteOffset,
      this.#zeros.byteOffset,
    );
    const { scales, zeroPoints } = this.result;
    const words = block / 8;
    for (let channel = 0, index = first; channel < blocks.channels; channel++, index += stride) {
      scales[index] = this.#scales[channel] as number;
      zeroPoints[index] = this.#zeros[channel] as number;
      for (let word = 0; word < words; word++)
        this.#packedResult[index * words + word] = this.#packed[channel * words + word] as number;
    }
  }
}

/** WebAssembly's unit of memory. */
const PAGE_BYTES = 65_536;
