/** Ops under which TFLite's operators stand in a TensorFlow graph where TensorFlow has none of their meaning. */
import type { TfOpTable } from '../tf/op.ts';
import { TFLITE_DETECTION } from './ops/detection.ts';
import { TFLITE_LSTM } from './ops/lstm.ts';
import { TFLITE_NN } from './ops/nn.ts';
import { TFLITE_QUANTIZE } from './ops/quantize.ts';
import { TFLITE_RNN } from './ops/rnn.ts';
import { TFLITE_SVDF } from './ops/svdf.ts';
import { TFLITE_UPDATE } from './ops/update-slice.ts';

export const TFLITE_OPS: TfOpTable = {
  ...TFLITE_QUANTIZE,
  ...TFLITE_NN,
  ...TFLITE_LSTM,
  ...TFLITE_RNN,
  ...TFLITE_SVDF,
  ...TFLITE_UPDATE,
  ...TFLITE_DETECTION,
};
