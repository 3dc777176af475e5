/** Layers that `keras.applications` brings along for its own architectures. */
import { arithmetic } from '../../build/elementwise.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { inputOf, weightsOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';

/** ConvNeXt: a learned factor for each channel. */
const layerScale: Layer = (call) => {
  const [gamma] = weightsOf(call, 1);
  if (!gamma) throw new Unconvertible('it has no factors');
  return arithmetic(call.b, 'Mul', inputOf(call), gamma);
};

export const APPLICATION_LAYERS: LayerTable = {
  LayerScale: layerScale,
  // Drops whole branches in training alone.
  StochasticDepth: (call) => inputOf(call),
};
