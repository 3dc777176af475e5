/** What a format is to detection: a name, how it is told apart, and what to do with one that cannot be read. */
import type { OpenFile } from '../onnx/byte-source.ts';
import type { Outline } from './protobuf-outline.ts';
import type { ReadSource } from './source-model.ts';
import type { FileSpecimen, FolderSpecimen } from './specimen.ts';

export type FormatName =
  | 'onnx'
  | 'ort'
  | 'keras'
  | 'h5'
  | 'saved-model'
  | 'frozen-graph'
  | 'tfjs'
  | 'tflite'
  | 'torch'
  | 'torchscript'
  | 'pt2'
  | 'safetensors'
  | 'gguf';

export interface FormatEntry {
  readonly name: FormatName;
  /** For people, with its article: "a Keras model". */
  readonly title: string;
  /** Whether the bytes say so. Only the looks that it needs are taken: a zip's names, the top protobuf fields. */
  readonly matches: {
    readonly file?: (file: FileSpecimen) => boolean;
    readonly folder?: (folder: FolderSpecimen) => boolean;
    readonly zip?: (names: readonly string[]) => boolean;
    readonly protobuf?: (outline: Outline, file: FileSpecimen) => boolean;
  };
  /** Loads the reader, with the libraries that it needs; absent for what is only recognised. */
  readonly reader?: () => Promise<ReadSource>;
  /** All files that a model at the path is made of, where that is more than the file itself. */
  readonly files?: (path: string, open?: OpenFile) => Promise<readonly string[]>;
  /** For what has no reader: why not, and the line that makes ONNX of it. */
  readonly refusal?: { readonly reason: string } & (
    | { readonly convert: (path: string) => string }
    | { readonly advice: string }
  );
}
