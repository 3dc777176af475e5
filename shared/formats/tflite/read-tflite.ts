/** TFLite files to ONNX: the tables of the file, its operators as TensorFlow nodes, and those as ONNX. */
import { InputError, ModelError } from '../../base/errors.ts';
import { fileSource } from '../../onnx/byte-source.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import { assertValid } from '../../onnx/verify.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { ReadOptions, ReadSource, SourceModel } from '../source-model.ts';
import { convertGraph } from '../tf/convert-graph.ts';
import { parseModel } from './parse-model.ts';
import { hybridRounding } from './rounding.ts';
import { translateModel } from './translate-model.ts';

/** Reads a `.tflite` file. See {@link ReadSource}. */
export const readTflite: ReadSource = async (path, options) => {
  const source = (options.open ?? fileSource)(path);
  try {
    return readTfliteFrom(source, options);
  } catch (error) {
    source.close();
    throw error;
  }
};

/** Likewise, from bytes wherever they are. */
export function readTfliteFrom(source: ByteSource, options: ReadOptions): SourceModel {
  const file = parseModel(source);
  if (file.subgraphs.length === 0) throw new ModelError(`${options.shown} holds no graph`);
  const graph = translated(file, options);
  const { model, origins } = convertGraph(graph, { opset: options.opset, title: options.shown });
  // A file whose types or sizes contradict each other gives a graph that does.
  assertValid(model, `${options.shown} does not fit together: converted, it`);
  const rounding = hybridRounding(file);
  return {
    model,
    origins,
    producer: file.converter === '' ? 'TensorFlow Lite' : `TensorFlow ${file.converter}`,
    ...(rounding && { rounding }),
    notes: graph.notes,
    [Symbol.dispose]: () => source.close(),
  };
}

/** What is wrong with an input or output of the whole model is the file's fault, or the user's. */
function translated(
  file: ReturnType<typeof parseModel>,
  options: ReadOptions,
): ReturnType<typeof translateModel> {
  try {
    return translateModel(file, options);
  } catch (error) {
    if (!(error instanceof Unconvertible)) throw error;
    throw new InputError(`${options.shown} cannot be read: ${error.message}`, { cause: error });
  }
}
