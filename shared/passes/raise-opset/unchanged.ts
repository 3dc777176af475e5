/**
 * Version changes that ask for nothing: more types, new attributes whose defaults mean what was before,
 * inputs that became optional, words. Read one by one from onnx `docs/Changelog.md`; a test holds the
 * list and the adapters against the op table, so that no change is forgotten.
 */
export const UNCHANGED: ReadonlySet<string> = new Set(
  `
  Abs:13 Acos:22 Acosh:22 Add:13 Add:14 ArgMax:11 ArgMax:12 ArgMax:13 ArgMin:11 ArgMin:12 ArgMin:13
  Asin:22 Asinh:22 Atan:22 Atanh:22 Attention:24 Attention:25 AveragePool:10 AveragePool:11
  AveragePool:22 BatchNormalization:15 Bernoulli:22 Cast:9 Cast:13 Cast:19 Cast:21 Cast:23 Cast:24
  Cast:25 CastLike:19 CastLike:21 CastLike:23 CastLike:24 CastLike:25 Ceil:13 Clip:12 Clip:13
  Compress:11 Concat:11 Concat:13 Constant:9 Constant:11 Constant:12 Constant:13 Constant:19
  Constant:21 Constant:23 Constant:24 Constant:25 ConstantOfShape:20 ConstantOfShape:21
  ConstantOfShape:23 ConstantOfShape:24 ConstantOfShape:25 Conv:11 Conv:22 ConvTranspose:11
  ConvTranspose:22 Cos:22 Cosh:22 CumSum:14 DeformConv:22 DepthToSpace:11 DepthToSpace:13
  DequantizeLinear:13 DequantizeLinear:19 DequantizeLinear:21 DequantizeLinear:23
  DequantizeLinear:24 DequantizeLinear:25 Det:22 Div:13 Div:14 Dropout:13 Dropout:22 Elu:22
  Equal:11 Equal:13 Equal:19 Erf:13 Exp:13 Expand:13 EyeLike:22 Flatten:9 Flatten:11 Flatten:13
  Flatten:21 Flatten:23 Flatten:24 Flatten:25 Floor:13 GRU:14 GRU:22 Gather:11 Gather:13
  GatherElements:13 GatherND:12 GatherND:13 Gemm:9 Gemm:11 Gemm:13 GlobalAveragePool:22
  GlobalLpPool:22 GlobalMaxPool:22 Greater:9 Greater:13 GreaterOrEqual:16 GridSample:22
  HardSigmoid:22 HardSwish:22 Hardmax:11 Identity:13 Identity:14 Identity:16 Identity:19
  Identity:21 Identity:23 Identity:24 Identity:25 If:11 If:13 If:16 If:19 If:21 If:23 If:24 If:25
  InstanceNormalization:22 IsInf:20 IsNaN:13 IsNaN:20 LRN:13 LSTM:14 LSTM:22 LayerNormalization:17
  LeakyRelu:16 Less:9 Less:13 LessOrEqual:16 Log:13 LogSoftmax:11 Loop:11 Loop:13 Loop:16 Loop:19
  Loop:21 Loop:23 Loop:24 Loop:25 LpNormalization:22 LpPool:11 LpPool:18 LpPool:22 MatMul:9
  MatMul:13 Max:8 Max:12 Max:13 MaxPool:8 MaxPool:10 MaxPool:11 MaxPool:12 MaxPool:22 MaxRoiPool:22
  MaxUnpool:11 MaxUnpool:22 Mean:8 Mean:13 MeanVarianceNormalization:13 Min:8 Min:12 Min:13 Mish:22
  Mod:13 Mul:13 Mul:14 Multinomial:22 Neg:13 NegativeLogLikelihoodLoss:13
  NegativeLogLikelihoodLoss:22 NonMaxSuppression:11 NonZero:13 OneHot:11 OptionalGetElement:18
  OptionalHasElement:18 PRelu:9 PRelu:16 Pad:13 Pad:18 Pad:19 Pad:21 Pad:23 Pad:24 Pad:25 Pow:12
  Pow:13 Pow:15 QLinearMatMul:21 QuantizeLinear:13 QuantizeLinear:19 QuantizeLinear:21
  QuantizeLinear:23 QuantizeLinear:24 QuantizeLinear:25 RNN:14 RNN:22 RandomNormal:22
  RandomNormalLike:22 RandomUniform:22 RandomUniformLike:22 Reciprocal:13 ReduceL1:11 ReduceL1:13
  ReduceL2:11 ReduceL2:13 ReduceLogSum:11 ReduceLogSum:13 ReduceLogSumExp:11 ReduceLogSumExp:13
  ReduceMax:11 ReduceMax:12 ReduceMax:13 ReduceMax:20 ReduceMean:11 ReduceMean:13 ReduceMin:11
  ReduceMin:12 ReduceMin:13 ReduceMin:20 ReduceProd:11 ReduceProd:13 ReduceSum:11
  ReduceSumSquare:11 ReduceSumSquare:13 Relu:13 Relu:14 Reshape:13 Reshape:14 Reshape:19 Reshape:21
  Reshape:23 Reshape:24 Reshape:25 Resize:18 Resize:19 RoiAlign:22 Round:22 Scan:11 Scan:16 Scan:19
  Scan:21 Scan:23 Scan:24 Scan:25 ScatterElements:13 ScatterElements:16 ScatterElements:18
  ScatterND:13 ScatterND:16 ScatterND:18 Selu:22 Shape:13 Shape:15 Shape:19 Shape:21 Shape:23
  Shape:24 Shape:25 Sigmoid:13 Sign:13 Sin:22 Sinh:22 Size:13 Size:19 Size:21 Size:23 Size:24
  Size:25 Slice:11 Slice:13 Softmax:11 SoftmaxCrossEntropyLoss:13 Softplus:22 Softsign:22
  SpaceToDepth:13 Split:11 SplitToSequence:24 Sqrt:13 Squeeze:11 Squeeze:21 Squeeze:23 Squeeze:24
  Squeeze:25 Sub:13 Sub:14 Sum:8 Sum:13 Tan:22 Tanh:13 ThresholdedRelu:10 ThresholdedRelu:22
  Tile:13 TopK:11 TopK:24 Transpose:13 Transpose:21 Transpose:23 Transpose:24 Transpose:25
  Unsqueeze:11 Unsqueeze:21 Unsqueeze:23 Unsqueeze:24 Unsqueeze:25 Where:16
`
    .trim()
    .split(/\s+/),
);
