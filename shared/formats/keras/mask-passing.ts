/** Which layers give the mask that they get to the layers behind them: those with `supports_masking`. */

const PASSING = new Set([
  'Activation',
  'ActivityRegularization',
  'AlphaDropout',
  'BatchNormalization',
  'SyncBatchNormalization',
  'Dense',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'GroupNormalization',
  'GroupQueryAttention',
  'GroupedQueryAttention',
  'Identity',
  'LayerNormalization',
  'LeakyReLU',
  'MultiHeadAttention',
  'Normalization',
  'PReLU',
  'ReLU',
  'Rescaling',
  'Softmax',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'ThresholdedReLU',
  'TimeDistributed',
  'UnitNormalization',
]);

/** Others lose it, and Keras says nothing about that either. */
export const passesMask = (className: string): boolean => PASSING.has(className);
