/** Layers that do something in training alone: noise, dropout, penalties. */
import { inputOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';

const identity: Layer = (call) => inputOf(call);

export const IDENTITY_LAYERS: LayerTable = {
  Identity: identity,
  ActivityRegularization: identity,
  AlphaDropout: identity,
  Dropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  SpatialDropout3D: identity,
};
