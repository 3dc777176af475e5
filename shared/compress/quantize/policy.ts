/**
 * Which form weights take, by variant, hardware and how they are used: a table, each cell with its
 * reason. Static int8 has a table of its own kind in int8/int8-policy.ts, since there activations are
 * integers too.
 *
 * Times are ratios to float32 on one thread of an x64 CPU with AVX2 and without VNNI, unless said
 * otherwise (onnxruntime 1.30).
 */
import type { Hardware } from '../../base/hardware.ts';
import { safePairSum } from './int8/numbers/overflow.ts';
import type { WeightLimits } from './int8/numbers/weight-scale.ts';

/** Variants that change weights and leave activations to the kernels. */
export type WeightVariant = 'int8-dynamic' | 'int8-weights' | 'int4';

/** How a weight is used: MatMul, Gemm, Conv and ConvTranspose, LSTM and its kin, the table of a Gather. */
export type UseKind = 'matmul' | 'gemm' | 'conv' | 'recurrent' | 'table';

export type Cell =
  | { readonly form: 'float'; readonly reason: string }
  /** 8 bits (or 16, where int8 finds that 8 do harm) by channel, made float32 again by Cast and Mul, which runtimes fold when they load. */
  | { readonly form: 'folded'; readonly reason: string }
  /** 8 bits by channel behind DequantizeLinear; `folded` where more than `maxRows` rows are multiplied at once. */
  | { readonly form: 'dequantize'; readonly maxRows: number; readonly reason: string }
  /** Rows of 8-bit codes are gathered, then dequantized by column. */
  | { readonly form: 'gather-dequantize'; readonly reason: string }
  /** Activations quantized when they come, integer MatMul. */
  | { readonly form: 'dynamic'; readonly limits: WeightLimits; readonly reason: string }
  /** The same within an LSTM. */
  | { readonly form: 'dynamic-lstm'; readonly limits: WeightLimits; readonly reason: string }
  /** 4 bits in blocks: com.microsoft.MatMulNBits. */
  | {
      readonly form: 'matmul-nbits';
      readonly block: Block;
      readonly accuracyLevel: 0 | 4;
      readonly reason: string;
    }
  /** 4 bits in blocks: com.microsoft.GatherBlockQuantized. */
  | { readonly form: 'gather-blocks'; readonly block: Block; readonly reason: string }
  /** 4 bits in blocks behind DequantizeLinear of opset 21. */
  | { readonly form: 'dequantize-blocks'; readonly block: Block; readonly reason: string };

export type Form = Cell['form'];
export type Block = 32 | 64 | 128;

const EIGHT_BITS: WeightLimits = { highest: 127, pairSum: null };
const NO_OVERFLOW: WeightLimits = { highest: 127, pairSum: safePairSum(255) };

const FOLDED: Cell = {
  form: 'folded',
  reason:
    'folded when the model is loaded, so the file is a quarter and the speed that of float32; behind DequantizeLinear a Conv took 1.5 times as long, since onnxruntime neither folds nor fuses it',
};
const RECURRENT: Cell = {
  form: 'folded',
  reason:
    'no kernel reads 8-bit weights of this op as they are: they are made float32 when the model is loaded',
};
const DEQUANTIZE: Cell = {
  form: 'dequantize',
  maxRows: 32,
  reason:
    'onnxruntime fuses DequantizeLinear and MatMul into MatMulNBits: 0.2 of the time with one row; above 32 rows it takes 1.3 times as long, and the weights are folded instead',
};
const TABLE: Cell = {
  form: 'gather-dequantize',
  reason: 'only the rows that are looked up are dequantized',
};

const DYNAMIC_REASON =
  'DynamicQuantizeLinear and MatMulInteger become one kernel: 0.1 to 0.4 of the time';
const DYNAMIC_SAFE: Cell = {
  form: 'dynamic',
  limits: NO_OVERFLOW,
  reason: `${DYNAMIC_REASON}; no pair of weights may overflow the 16-bit sums of CPUs without VNNI`,
};
const DYNAMIC: Cell = {
  form: 'dynamic',
  limits: EIGHT_BITS,
  reason: `${DYNAMIC_REASON}; sums have 32 bits, so that all 8 bits are safe`,
};
const LSTM_SAFE: Cell = {
  form: 'dynamic-lstm',
  limits: NO_OVERFLOW,
  reason: 'DynamicQuantizeLSTM; no pair of weights may overflow 16-bit sums',
};
const LSTM: Cell = { form: 'dynamic-lstm', limits: EIGHT_BITS, reason: 'DynamicQuantizeLSTM' };
const NO_UINT8: Cell = {
  form: 'folded',
  reason: 'MatMulInteger of CUDA takes int8 activations, DynamicQuantizeLinear gives uint8',
};

const NBITS: Cell = {
  form: 'matmul-nbits',
  block: 32,
  accuracyLevel: 4,
  reason:
    'with int8 activations (accuracy level 4) 0.15 of the time for one row, and 1.0 for 128; with float activations 0.6 and 1.0. Products of 4 bits overflow nothing',
};
const NBITS_WEB: Cell = {
  form: 'matmul-nbits',
  block: 32,
  accuracyLevel: 4,
  reason: 'MatMulNBits has kernels for WebAssembly and for WebGPU, the latter for blocks of 32',
};
const BLOCKS_STANDARD: Cell = {
  form: 'dequantize-blocks',
  block: 128,
  reason:
    'TensorRT reads standard operators only; onnxruntime fuses them into MatMulNBits by itself',
};
const TABLE_BLOCKS: Cell = {
  form: 'gather-blocks',
  block: 32,
  reason: 'GatherBlockQuantized dequantizes only the rows that are looked up',
};
const CONV_IN_INT4: Cell = {
  form: 'folded',
  reason:
    'in 8 bits: no kernel reads a convolution in 4 bits, and without calibration 4 bits cost its accuracy',
};

type Row = Readonly<Record<UseKind, Cell>>;

const WEIGHTS_ROW: Row = {
  matmul: DEQUANTIZE,
  gemm: FOLDED,
  conv: FOLDED,
  recurrent: RECURRENT,
  table: TABLE,
};
const dynamicRow = (matmul: Cell, recurrent: Cell): Row => ({
  matmul,
  gemm: matmul,
  conv: {
    form: 'folded',
    reason: `ConvInteger is 8 times as slow as float32 and missing for int8 weights: ${FOLDED.reason}`,
  },
  recurrent,
  table: TABLE,
});
const int4Row = (matmul: Cell, table: Cell): Row => ({
  matmul,
  gemm: matmul,
  conv: CONV_IN_INT4,
  recurrent: RECURRENT,
  table,
});

/** The table. */
export const WEIGHT_POLICY: Readonly<Record<WeightVariant, Readonly<Record<Hardware, Row>>>> = {
  'int8-weights': {
    x64: WEIGHTS_ROW,
    'x64-vnni': WEIGHTS_ROW,
    arm64: WEIGHTS_ROW,
    cuda: WEIGHTS_ROW,
    web: WEIGHTS_ROW,
  },
  'int8-dynamic': {
    x64: dynamicRow(DYNAMIC_SAFE, LSTM_SAFE),
    'x64-vnni': dynamicRow(DYNAMIC, LSTM),
    arm64: dynamicRow(DYNAMIC, LSTM),
    cuda: dynamicRow(NO_UINT8, RECURRENT),
    // The relaxed SIMD dot product of WebAssembly may be VPMADDUBSW.
    web: dynamicRow(DYNAMIC_SAFE, RECURRENT),
  },
  int4: {
    x64: int4Row(NBITS, TABLE_BLOCKS),
    'x64-vnni': int4Row(NBITS, TABLE_BLOCKS),
    arm64: int4Row(NBITS, TABLE_BLOCKS),
    cuda: int4Row(BLOCKS_STANDARD, TABLE),
    web: int4Row(NBITS_WEB, TABLE_BLOCKS),
  },
};
