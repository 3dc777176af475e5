/** The Keras configuration in a TensorFlow.js layers-model. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import { checkDepth } from '../keras/json-depth.ts';
import type { Json, JsonObject } from '../keras/layer.ts';
import { objectAt, textAt } from './json.ts';

export interface LayersTopology {
  /** `{class_name, config}` of the model. */
  readonly config: JsonObject;
  /** The major version of Keras that wrote it; tfjs-layers follows 2. */
  readonly keras: 2 | 3;
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
  return { config, keras: String(keras_version).startsWith('3.') ? 3 : 2 };
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
