/**
 * Dynamic-range models: TensorFlow Lite rounds the activations in front of 8-bit weights to 8 bits, row by row, where
 * the ONNX model computes in float. Results differ by that rounding.
 */
import type { Rounding } from '../source-model.ts';
import type { TfliteModel } from './tflite-model.ts';

/** Operators with kernels that do so, when their input is float and their weights are integers. */
const HYBRID = new Set([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'BATCH_MATMUL',
  'SVDF',
  'RNN',
  'LSTM',
  'UNIDIRECTIONAL_SEQUENCE_LSTM',
  'UNIDIRECTIONAL_SEQUENCE_RNN',
  'BIDIRECTIONAL_SEQUENCE_LSTM',
  'BIDIRECTIONAL_SEQUENCE_RNN',
]);

/**
 * Steps of a row rounded to 8 bits: 254 between its ends. Errors of layers are independent and add up as roots do;
 * among thousands of outputs the largest lies some four deviations out.
 */
const STEPS = 254;
const DEVIATIONS = 4;

/** `undefined` for a model without such layers. */
export function hybridRounding({ subgraphs }: TfliteModel): Rounding | undefined {
  let layers = 0;
  for (const { operators, tensors } of subgraphs)
    for (const { op, inputs } of operators) {
      if (!HYBRID.has(op)) continue;
      const [input, ...weights] = inputs.map((index) => tensors[index]?.type);
      if (input === 'float32' && weights.some((type) => type === 'int8' || type === 'int4'))
        layers++;
    }
  if (layers === 0) return undefined;
  return {
    relative: (DEVIATIONS * Math.sqrt(layers)) / STEPS,
    why: `its runtime rounds the activations of ${layers} ${layers === 1 ? 'layer' : 'layers'} to 8 bits`,
  };
}
