/** What each hardware's kernels want of a statically quantized model, with the reason for each answer. */
import type { Hardware } from '../../../base/hardware.ts';
import { safePairSum } from './numbers/overflow.ts';
import type { Codes } from './numbers/range.ts';
import type { WeightLimits } from './numbers/weight-scale.ts';

export type Int8Hardware = Hardware;

export interface Int8Policy {
  readonly activation: {
    readonly type: 'uint8' | 'int8';
    readonly codes: Codes;
    /** Zero point in the middle. */
    readonly symmetric: boolean;
  };
  readonly weights: WeightLimits;
  /** Whether outputs of quantized ops are quantized too, so that the next op reads integers. */
  readonly quantizesOutputs: boolean;
  /** Whether biases become 32-bit integers. */
  readonly quantizesBias: boolean;
  readonly reason: string;
}

const UINT8: Codes = { low: 0, high: 255 };
const INT8: Codes = { low: -128, high: 127 };
const EIGHT_BITS: WeightLimits = { highest: 127, pairSum: null };
const NO_OVERFLOW: WeightLimits = { highest: 127, pairSum: safePairSum(UINT8.high) };

/** Source: onnxruntime's QDQ selectors and kernels, measured (U8S8 fastest on x64, S8S8 on arm64). */
export const INT8_POLICIES: Readonly<Record<Int8Hardware, Int8Policy>> = {
  x64: {
    activation: { type: 'uint8', codes: UINT8, symmetric: false },
    weights: NO_OVERFLOW,
    quantizesOutputs: true,
    quantizesBias: true,
    reason:
      'U8 activations and S8 weights are the fastest form; without VNNI the kernels add pairs of products in 16 bits, so that no pair of weights may be large enough to overflow them',
  },
  'x64-vnni': {
    activation: { type: 'uint8', codes: UINT8, symmetric: false },
    weights: EIGHT_BITS,
    quantizesOutputs: true,
    quantizesBias: true,
    reason:
      'U8 activations and S8 weights; VNNI adds products in 32 bits, so that all 8 bits are safe',
  },
  arm64: {
    activation: { type: 'int8', codes: INT8, symmetric: false },
    weights: EIGHT_BITS,
    quantizesOutputs: true,
    quantizesBias: true,
    reason: 'S8 activations and S8 weights have the fastest kernels, which add in 32 bits',
  },
  cuda: {
    activation: { type: 'int8', codes: INT8, symmetric: true },
    weights: EIGHT_BITS,
    quantizesOutputs: false,
    quantizesBias: false,
    reason:
      'TensorRT takes symmetric int8 before weighted ops and fuses the rest itself; biases stay in float',
  },
  web: {
    activation: { type: 'uint8', codes: UINT8, symmetric: false },
    weights: NO_OVERFLOW,
    quantizesOutputs: true,
    quantizesBias: true,
    reason:
      'the relaxed SIMD dot product of WebAssembly may be computed by VPMADDUBSW: the same rule as on x64',
  },
};
