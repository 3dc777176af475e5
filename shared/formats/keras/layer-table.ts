/** Every Keras layer that has an ONNX form, by family: one table for `.keras`, `.h5` and TensorFlow.js layers. */
import type { Layer, LayerTable } from './layer.ts';

/** By class name; a test holds that no class stands in two families. */
export const LAYER_FAMILIES: Readonly<Record<string, LayerTable>> = {};

/**
 * Nodes of `keras.ops` in functional models of Keras 3, by class name as well: `Subtract` is a layer here
 * and an operation there.
 */
export const OPERATION_FAMILIES: Readonly<Record<string, LayerTable>> = {};

const byName = (families: Readonly<Record<string, LayerTable>>): ReadonlyMap<string, Layer> =>
  new Map(Object.values(families).flatMap((table) => Object.entries(table)));

const LAYERS = byName(LAYER_FAMILIES);
const OPERATIONS = byName(OPERATION_FAMILIES);

export const layerOf = (className: string): Layer | undefined => LAYERS.get(className);

export const operationOf = (className: string): Layer | undefined => OPERATIONS.get(className);
