/**
 * What a reference is: an independent runtime of a source format, against which a conversion is checked.
 * All of them are optional: a conversion without one is not verified, and says so.
 */
import type { NamedTensors } from '../../base/tensor.ts';
import type { FormatName } from '../../formats/format.ts';
import type { Graph } from '../../onnx/model.ts';
import type { Availability } from '../engine.ts';

/** Inputs and outputs of the converted model, in order: references take and give tensors under these names. */
export type Ports = Pick<Graph, 'inputs' | 'outputs'>;

export interface ReferenceSource {
  /** Of the source model: a file or a folder. */
  readonly path: string;
  readonly format: FormatName;
  readonly ports: Ports;
  /** Of a SavedModel; `serving_default` by default. */
  readonly signature?: string;
}

export interface OpenReferenceOptions {
  /** Of loading the model, and of each run; its process is killed when it passes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A source model, loaded by its own runtime. */
export interface ReferenceModel extends AsyncDisposable {
  /** For people, with the version: "TensorFlow.js 4.22.0". */
  readonly name: string;
  /**
   * One run; a state that the model keeps is as new. Types of 64 bits may come back as 32 bits.
   * @throws LimitError after the time-out, ToolError when the runtime fails
   */
  run(feeds: NamedTensors): Promise<NamedTensors>;
  /** Inner tensors, by the names that the source has for them, where the runtime shows them. */
  readonly tap?: (feeds: NamedTensors, names: readonly string[]) => Promise<NamedTensors>;
  close(): Promise<void>;
}

export interface Reference {
  /** For people: "TensorFlow.js". */
  readonly name: string;
  readonly formats: readonly FormatName[];
  /** Whether it is installed here; else which package to install. */
  available(): Promise<Availability>;
  /**
   * Loads a model of one of its formats.
   * @throws UnsupportedError with the reason when the runtime cannot load this one
   */
  open(source: ReferenceSource, options?: OpenReferenceOptions): Promise<ReferenceModel>;
}
