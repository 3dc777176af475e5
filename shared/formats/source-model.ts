/** A model of any format, read into ONNX: what every reader gives. */
import type { OpenFile } from '../onnx/byte-source.ts';
import type { Model, ValueType } from '../onnx/model.ts';
import type { Origin } from './build/builder.ts';

/** What the user may say about how to read a model. */
export interface ReadOptions {
  /** Stands for the path in messages. */
  readonly shown: string;
  /** The version of ai.onnx to write; by default the lowest that does, 17 at least. */
  readonly opset?: number;
  /** Of a SavedModel; `serving_default` by default. */
  readonly signature?: string;
  /** Tensors at which to cut the graph: those before them are left out. */
  readonly inputs?: readonly string[];
  /** Tensors that the model is to give, instead of its own outputs. */
  readonly outputs?: readonly string[];
  /** How its files are opened, where they are not on this machine. */
  readonly open?: OpenFile;
}

export interface Rounding {
  /** Of the largest value of an output. */
  readonly relative: number;
  /** For people: "8-bit activations in 12 layers". */
  readonly why: string;
}

/** A model and the files that its weights are still read from; they are gone once it is closed. */
export interface SourceModel extends Disposable {
  readonly model: Model;
  /** What wrote the file, and its version: "Keras 3.15.1". Empty when the file does not say. */
  readonly producer: string;
  /** Values of the main graph by the tensors of the source that they are. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Of values that nodes make, by name, as far as reading told. */
  readonly types?: ReadonlyMap<string, ValueType>;
  /** How the format's own runtime rounds where the ONNX model does not: comparisons allow for it. */
  readonly rounding?: Rounding;
  /** What was odd about the source and what was done about it, for people. */
  readonly notes: readonly string[];
}

/**
 * Reads the file or folder at `path`. Weights stay where they are until they are written.
 * @throws UnsupportedError that names everything in it that cannot be converted, ModelError for a broken
 * file, InputError for one that cannot be read, LimitError for one that is too large to be true
 */
export type ReadSource = (path: string, options: ReadOptions) => Promise<SourceModel>;
