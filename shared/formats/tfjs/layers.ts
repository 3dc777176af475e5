/** The Keras configuration in a TensorFlow.js layers-model. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import type { Json, JsonObject } from '../keras/layer.ts';
import { checkDepth, objectAt, textAt } from './json.ts';

export interface LayersTopology {
  /** `{class_name, config}` of the model. */
  readonly config: JsonObject;
  /** What wrote it: "2.15.0", "3.15.1", "tfjs-layers 4.22.0"; empty when the file does not say. */
  readonly version: string;
}

/**
 * The configuration lies in modelTopology itself or in its model_config, and `toJSON` of TensorFlow.js
 * makes a text of the whole.
 * @throws ModelError when there is none
 */
export function layersTopology(modelTopology: Json | undefined): LayersTopology {
  const topology = objectAt(parsed(modelTopology), 'modelTopology');
  const config = objectAt(parsed(topology.model_config ?? topology), 'modelTopology.model_config');
  textAt(config.class_name, 'the class_name of the model');
  checkDepth(config);
  const { keras_version } = topology;
  return { config, version: typeof keras_version === 'string' ? keras_version : '' };
}

/** Whether a topology holds layers and no graph. */
export function hasLayers(modelTopology: Json | undefined): boolean {
  if (typeof modelTopology === 'string') return true;
  return (
    isObject(modelTopology) &&
    (modelTopology.model_config !== undefined || modelTopology.class_name !== undefined)
  );
}

function parsed(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch (error) {
    throw new ModelError('modelTopology is a text that is no JSON', { cause: error });
  }
}
