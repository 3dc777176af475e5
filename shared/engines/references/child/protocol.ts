/** What a reference child is asked, and what it answers. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { JsonObject } from '../../../formats/keras/layer.ts';

/** Names of inputs and outputs, in order. */
export interface PortNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A Keras model as tfjs-layers takes it. */
export interface LayersModel {
  /** `{class_name, config}`, as Keras 2 writes it. */
  readonly config: JsonObject;
  readonly weights: LayerArrays;
}

/** Variables by layer, in Keras' order; those of a nested model by its layers. */
export interface LayerArrays {
  readonly [layer: string]: LayerArrays | readonly Float32Array[];
}

export type ChildModel =
  | { readonly runtime: 'tfjs'; readonly path: string }
  | { readonly runtime: 'tfjs'; readonly layers: LayersModel }
  | { readonly runtime: 'litert'; readonly path: string; readonly folder: string }
  | { readonly runtime: 'tfjs-node'; readonly path: string; readonly signature: string };

export interface ReferenceOperations {
  open: {
    ask: {
      /** URL of the runtime's main module. */
      readonly module: string;
      readonly model: ChildModel;
      readonly ports: PortNames;
    };
    /** Whether it can be tapped. */
    answer: { readonly taps: boolean };
  };
  run: { ask: NamedTensors; answer: NamedTensors };
  /** Inner tensors of one run. */
  tap: {
    ask: { readonly feeds: NamedTensors; readonly names: readonly string[] };
    answer: NamedTensors;
  };
}
