/** Every Keras layer that has an ONNX form, by family: one table for `.keras`, `.h5` and TensorFlow.js layers. */
import type { Layer, LayerTable } from './layer.ts';

/** By class name; a test holds that no class stands in two families. */
export const LAYER_FAMILIES: Readonly<Record<string, LayerTable>> = {};

const LAYERS = new Map(Object.values(LAYER_FAMILIES).flatMap((table) => Object.entries(table)));

export const layerOf = (className: string): Layer | undefined => LAYERS.get(className);
