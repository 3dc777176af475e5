/**
 * What onnxruntime's CPU provider does with an op between DequantizeLinear and QuantizeLinear.
 *
 * Every line was found out by asking onnxruntime 1.30 (x64, level `extended`), and the tests ask it
 * again. What is in no list runs in float: DQ, the op, Q.
 */

/** What an op needs to run on integers. */
export interface FusionRule {
  /**
   * `integer`: a kernel of its own. `moved`: the same op on the integers, which must have the same
   * scale and zero point before and after. `decides`: only reads the order of values.
   */
  readonly kind: 'integer' | 'moved' | 'decides';
  /** Whether a Q must follow. Ops that may do without have a form that gives floats, or let the DQ pass. */
  readonly needsQuantizedOutput: boolean;
  /** Inputs that must come from a DQ: all, or the first alone. */
  readonly quantizedInputs: 'all' | 'first';
  /** 16-bit activations too. */
  readonly allows16Bits: boolean;
}

const integer: FusionRule = {
  kind: 'integer',
  needsQuantizedOutput: true,
  quantizedInputs: 'all',
  allows16Bits: false,
};
const unary: FusionRule = { ...integer, quantizedInputs: 'first' };
const moved: FusionRule = { ...unary, kind: 'moved', allows16Bits: true };
const moved8Bits: FusionRule = { ...moved, allows16Bits: false };

export const FUSION_RULES: ReadonlyMap<string, FusionRule> = new Map(
  Object.entries({
    Conv: integer,
    // MatMulIntegerToFloat and QGemm give floats where no Q follows.
    MatMul: { ...integer, needsQuantizedOutput: false },
    Gemm: { ...integer, needsQuantizedOutput: false },
    Add: integer,
    Mul: integer,
    Concat: integer,
    Where: integer,
    AveragePool: unary,
    GlobalAveragePool: unary,
    LeakyRelu: unary,
    Sigmoid: unary,
    Softmax: unary,
    DepthToSpace: moved8Bits,
    Expand: moved,
    Flatten: moved,
    Gather: moved,
    GatherElements: moved,
    Split: moved,
    Tile: moved,
    // The DQ before these moves behind them, whatever follows.
    Reshape: { ...moved, needsQuantizedOutput: false },
    Slice: { ...moved, needsQuantizedOutput: false },
    Squeeze: { ...moved, needsQuantizedOutput: false },
    Transpose: { ...moved, needsQuantizedOutput: false },
    Unsqueeze: { ...moved, needsQuantizedOutput: false },
    MaxPool: { ...moved8Bits, needsQuantizedOutput: false },
    ReduceMax: moved8Bits,
    ReduceMin: moved8Bits,
    // Interpolation computes new values: mode nearest alone.
    Resize: moved8Bits,
    ArgMax: { ...unary, kind: 'decides', needsQuantizedOutput: false },
  } satisfies Record<string, FusionRule>),
);

/** Ops that vanish before anything is fused. */
export const VANISHING_OPS: ReadonlySet<string> = new Set(['Identity', 'Dropout']);

/** Contrib and ONNX ops that hold integers by themselves, and the bits of their weights. */
export const INTEGER_OPS: ReadonlySet<string> = new Set([
  'ConvInteger',
  'DynamicQuantizeLSTM',
  'DynamicQuantizeMatMul',
  'MatMulInteger',
  'MatMulIntegerToFloat',
  'QAttention',
  'QEmbedLayerNormalization',
  'QGemm',
  'QLinearAdd',
  'QLinearAveragePool',
  'QLinearConcat',
  'QLinearConv',
  'QLinearGlobalAveragePool',
  'QLinearLeakyRelu',
  'QLinearMatMul',
  'QLinearMul',
  'QLinearSigmoid',
  'QLinearSoftmax',
  'QLinearWhere',
  'QOrderedMatMul',
]);
