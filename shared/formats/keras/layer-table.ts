/** Every Keras layer that has an ONNX form, by family: one table for `.keras`, `.h5` and TensorFlow.js layers. */
import type { Layer, LayerTable } from './layer.ts';
import { ACTIVATION_LAYERS } from './layers/activation.ts';
import { APPLICATION_LAYERS } from './layers/applications.ts';
import { ATTENTION } from './layers/attention.ts';
import { ATTENTION_HEADS } from './layers/attention-heads.ts';
import { BIDIRECTIONAL_LAYERS } from './layers/bidirectional.ts';
import { CONV_LSTM_LAYERS } from './layers/conv-lstm.ts';
import { CONVOLUTION_LAYERS } from './layers/convolution.ts';
import { DENSE_LAYERS } from './layers/dense.ts';
import { EINSUM_DENSE } from './layers/einsum-dense.ts';
import { IDENTITY_LAYERS } from './layers/identity.ts';
import { MERGING_LAYERS } from './layers/merging.ts';
import { NORMALIZATION_LAYERS } from './layers/normalization.ts';
import { OPERATIONS_IMAGE } from './layers/operations-image.ts';
import { OPERATIONS_INDEX } from './layers/operations-index.ts';
import { OPERATIONS_MATH } from './layers/operations-math.ts';
import { OPERATIONS_NN } from './layers/operations-nn.ts';
import { OPERATIONS_REDUCE } from './layers/operations-reduce.ts';
import { OPERATIONS_SHAPE } from './layers/operations-shape.ts';
import { POOLING_LAYERS } from './layers/pooling.ts';
import { PREPROCESSING } from './layers/preprocessing.ts';
import { PREPROCESSING_CATEGORIES } from './layers/preprocessing-categories.ts';
import { PREPROCESSING_IMAGE } from './layers/preprocessing-image.ts';
import { RECURRENT_LAYERS } from './layers/recurrent.ts';
import { RESIZING_LAYERS } from './layers/resizing.ts';
import { SHAPING_LAYERS } from './layers/shaping.ts';
import { TF_OP_LAMBDA } from './layers/tf-op-lambda.ts';
import { TF_OP_LAYER } from './layers/tf-op-layer.ts';
import { TRANSPOSED_CONVOLUTION_LAYERS } from './layers/transposed-convolution.ts';
import { WRAPPING_LAYERS } from './layers/wrapping.ts';

/** By class name; a test holds that no class stands in two families. */
export const LAYER_FAMILIES: Readonly<Record<string, LayerTable>> = {
  dense: DENSE_LAYERS,
  convolution: CONVOLUTION_LAYERS,
  'transposed convolution': TRANSPOSED_CONVOLUTION_LAYERS,
  pooling: POOLING_LAYERS,
  resizing: RESIZING_LAYERS,
  normalization: NORMALIZATION_LAYERS,
  activation: ACTIVATION_LAYERS,
  identity: IDENTITY_LAYERS,
  shaping: SHAPING_LAYERS,
  merging: MERGING_LAYERS,
  wrapping: WRAPPING_LAYERS,
  recurrent: RECURRENT_LAYERS,
  bidirectional: BIDIRECTIONAL_LAYERS,
  'convolutional recurrent': CONV_LSTM_LAYERS,
  applications: APPLICATION_LAYERS,
  'einsum dense': EINSUM_DENSE,
  attention: ATTENTION,
  'attention heads': ATTENTION_HEADS,
  preprocessing: PREPROCESSING,
  'preprocessing of images': PREPROCESSING_IMAGE,
  'preprocessing of categories': PREPROCESSING_CATEGORIES,
  'TensorFlow functions': TF_OP_LAMBDA,
  'TensorFlow nodes': TF_OP_LAYER,
};

/**
 * Nodes of `keras.ops` in functional models of Keras 3, by class name as well: `Subtract` is a layer here
 * and an operation there.
 */
export const OPERATION_FAMILIES: Readonly<Record<string, LayerTable>> = {
  math: OPERATIONS_MATH,
  reduction: OPERATIONS_REDUCE,
  shape: OPERATIONS_SHAPE,
  index: OPERATIONS_INDEX,
  nn: OPERATIONS_NN,
  image: OPERATIONS_IMAGE,
};

const byName = (families: Readonly<Record<string, LayerTable>>): ReadonlyMap<string, Layer> =>
  new Map(Object.values(families).flatMap((table) => Object.entries(table)));

const LAYERS = byName(LAYER_FAMILIES);
const OPERATIONS = byName(OPERATION_FAMILIES);

export const layerOf = (className: string): Layer | undefined => LAYERS.get(className);

export const operationOf = (className: string): Layer | undefined => OPERATIONS.get(className);
