/**
 * What generic code may ask about an operator, so that it need not know names: one list a question.
 *
 * An operator that the table lacks has no trait, which is the careful answer to each question.
 * Written by hand from the texts of the operators (onnx `docs/Operators.md`, onnxruntime
 * `docs/ContribOperators.md`); the tests check the lists against the op table.
 */
import { findOp, NEWEST_OPSET } from './find-op.ts';

/** Enough of a node to ask about it. */
export interface NodeLike {
  readonly domain: string;
  readonly opType: string;
}

export type Trait =
  /** Equal inputs give equal outputs, and nothing else happens: may be merged, moved, folded. Random operators and those with bodies are not. */
  | 'pure'
  /** Nothing but its outputs comes from it: may go when they are unused. */
  | 'removable'
  /** Each output element depends on the elements in the same place of the (broadcast) inputs, and no output is larger than the broadcast shape. */
  | 'elementwise'
  /** Moves or copies elements of its first input unchanged: scale and zero point stay right. */
  | 'data-movement'
  /** The first two inputs may be swapped. */
  | 'commutative'
  /** Its meaning depends on which axis holds the channels. */
  | 'channel-order'
  /** Holds graphs as attributes. */
  | 'subgraphs'
  /** Draws random numbers. */
  | 'random'
  /** Its result can be much larger than its inputs (Expand, Tile …): folding it may grow the file. */
  | 'expanding'
  /** Reads the shape of its first input, not the elements. */
  | 'shape-only'
  /** Turns integers with a scale into reals, or back. */
  | 'quantization'
  /** Gives nothing below zero, whatever floats it reads. */
  | 'never-negative'
  /** Multiplies with weights: where most of the time and size of a model is. */
  | 'weighted';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** `domain:Op` for others than ai.onnx. */
const LISTS: Readonly<Record<Exclude<Trait, 'pure' | 'removable'>, ReadonlySet<string>>> = {
  elementwise: words(`
    Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor
    Cast CastLike Ceil Celu Clip Cos Cosh Div Elu Equal Erf Exp Floor Gelu Greater GreaterOrEqual
    HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod
    Mul Neg Not Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus
    Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor
    com.microsoft:BiasGelu com.microsoft:FastGelu com.microsoft:Gelu com.microsoft:QuickGelu
    com.microsoft:QLinearAdd com.microsoft:QLinearLeakyRelu com.microsoft:QLinearMul
    com.microsoft:QLinearSigmoid
  `),
  'data-movement': words(`
    Compress DepthToSpace Expand Flatten Gather GatherElements GatherND Identity Reshape
    ReverseSequence Slice SpaceToDepth Split Squeeze Tile Transpose
    Unsqueeze
  `),
  commutative: words(`
    Add And BitwiseAnd BitwiseOr BitwiseXor Equal Max Mean Min Mul Or Sum Xor
  `),
  'channel-order': words(`
    AveragePool BatchNormalization Conv ConvInteger ConvTranspose DeformConv DepthToSpace
    GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample GroupNormalization ImageDecoder
    InstanceNormalization LRN LpPool MaxPool MaxRoiPool MaxUnpool MeanVarianceNormalization
    QLinearConv RoiAlign SpaceToDepth Upsample
    com.microsoft:FusedConv com.microsoft:NhwcConv com.microsoft:NhwcFusedConv
    com.microsoft:NhwcMaxPool com.microsoft:QLinearAveragePool
    com.microsoft:QLinearGlobalAveragePool com.microsoft:GroupNorm com.microsoft:SkipGroupNorm
    com.microsoft:GridSample
  `),
  subgraphs: words(
    'If Loop Scan SequenceMap com.microsoft:BeamSearch com.microsoft:GreedySearch com.microsoft:Sampling com.microsoft:WhisperBeamSearch',
  ),
  random: words(`
    Bernoulli Dropout Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike
    com.microsoft:BiasDropout com.microsoft:BitmaskBiasDropout com.microsoft:BitmaskDropout
    com.microsoft:Sampling
  `),
  expanding: words(`
    BlackmanWindow ConstantOfShape Expand EyeLike HammingWindow HannWindow OneHot Pad Range Resize
    Tile Upsample Col2Im
  `),
  'shape-only': words('Shape Size ConstantOfShape EyeLike RandomNormalLike RandomUniformLike'),
  quantization: words(`
    ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul
    QuantizeLinear
    com.microsoft:DequantizeLinear com.microsoft:DynamicQuantizeMatMul
    com.microsoft:GatherBlockQuantized com.microsoft:MatMulInteger16
    com.microsoft:MatMulIntegerToFloat com.microsoft:MatMulNBits com.microsoft:QGemm
    com.microsoft:QLinearAdd com.microsoft:QLinearAveragePool com.microsoft:QLinearConcat
    com.microsoft:QLinearGlobalAveragePool com.microsoft:QLinearLeakyRelu com.microsoft:QLinearMul
    com.microsoft:QLinearReduceMean com.microsoft:QLinearSigmoid com.microsoft:QLinearSoftmax
    com.microsoft:QLinearWhere com.microsoft:QuantizeLinear
  `),
  'never-negative': words(`
    Abs Exp HardSigmoid ReduceL1 ReduceL2 ReduceSumSquare Relu Sigmoid Softmax Softplus Sqrt
  `),
  weighted: words(`
    Conv ConvInteger ConvTranspose DeformConv Gemm GRU LSTM MatMul MatMulInteger QLinearConv
    QLinearMatMul RNN
    com.microsoft:Attention com.microsoft:DynamicQuantizeMatMul com.microsoft:FusedConv
    com.microsoft:FusedGemm com.microsoft:FusedMatMul com.microsoft:MatMulIntegerToFloat
    com.microsoft:MatMulNBits com.microsoft:QGemm
  `),
};

/** Whether the operator has the trait; `false` for one that is not in the op table. */
export function hasTrait(node: NodeLike, trait: Trait): boolean {
  const domain = node.domain === 'ai.onnx' ? '' : node.domain;
  const name = domain === '' ? node.opType : `${domain}:${node.opType}`;
  switch (trait) {
    case 'pure':
      return isKnown(domain, node) && !LISTS.random.has(name) && !LISTS.subgraphs.has(name);
    case 'removable':
      return isKnown(domain, node);
    default:
      return LISTS[trait].has(name);
  }
}

/** Names that a list holds, as `Op` or `domain:Op`; for tests and for documents. */
export function opsWithTrait(trait: Exclude<Trait, 'pure' | 'removable'>): readonly string[] {
  return [...LISTS[trait]];
}

function isKnown(domain: string, node: NodeLike): boolean {
  return (
    findOp(domain, node.opType, domain === '' ? NEWEST_OPSET : Number.POSITIVE_INFINITY) !==
    undefined
  );
}
