/** ONNX files as {@link Model}s: headers are read at once, weights when asked for. Source: onnx.proto, ModelProto. */
import { dirname } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { fileSource, memorySource } from './byte-source.ts';
import { ExternalFiles } from './external-data.ts';
import type { FunctionDefinition, Graph, Int64, Model } from './model.ts';
import type { ByteSource } from './stored-tensor.ts';
import type { ReadContext } from './wire/read-context.ts';
import { readFunction, readOpset } from './wire/read-function.ts';
import { readGraph } from './wire/read-graph.ts';
import { readStringMapEntry } from './wire/read-strings.ts';
import { Scanner } from './wire/scanner.ts';

/** A model and the files it still reads from; weights are gone once it is closed. */
export interface OpenedModel extends Disposable {
  readonly model: Model;
  readonly path: string;
  close(): void;
}

/**
 * Opens a file. Weights stay in it (and in its external data files) until they are asked for.
 * @throws InputError when a file cannot be read, ModelError when it breaks the format.
 */
export function openModel(path: string): OpenedModel {
  const source = fileSource(path);
  const files = new ExternalFiles(dirname(path));
  const close = (): void => {
    files.close();
    source.close();
  };
  try {
    return { model: read(source, files), path, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Reads a model from any source; without `folder`, external data is refused. */
export function readModel(source: ByteSource, options: { readonly folder?: string } = {}): Model {
  return read(source, new ExternalFiles(options.folder));
}

/** Reads a model from memory; its weights are views of `bytes`. */
export function decodeModel(bytes: Uint8Array): Model {
  return readModel(memorySource(bytes));
}

function read(source: ByteSource, files: ExternalFiles): Model {
  const scanner = new Scanner(source);
  const context: ReadContext = {
    scanner,
    external: (tensor, entries) => files.resolve(tensor, entries),
  };
  const opsets = new Map<string, number>();
  const functions: FunctionDefinition[] = [];
  const metadata = new Map<string, string>();
  const unknown: Uint8Array[] = [];
  let irVersion = 0;
  let [producerName, producerVersion, domain, docString] = ['', '', '', ''];
  let modelVersion: Int64 = 0;
  let graph: Graph | undefined;
  if (source.size === 0) throw new ModelError(`'${source.name}' is empty`);
  for (const item of scanner.fields(source.size)) {
    if (item.number === 1) irVersion = Number(scanner.int64(item.end));
    else if (item.number === 2) producerName = scanner.string(item.end);
    else if (item.number === 3) producerVersion = scanner.string(item.end);
    else if (item.number === 4) domain = scanner.string(item.end);
    else if (item.number === 5) modelVersion = scanner.int64(item.end);
    else if (item.number === 6) docString = scanner.string(item.end);
    else if (item.number === 7 && graph) throw scanner.error('it has two graphs');
    else if (item.number === 7) graph = readGraph(context, item.end);
    else if (item.number === 8) readOpset(scanner, item.end, opsets);
    else if (item.number === 14) readStringMapEntry(scanner, item.end, metadata);
    else if (item.number === 25) functions.push(readFunction(context, item.end));
    else unknown.push(scanner.raw(item));
  }
  if (!graph) throw scanner.error('it has no graph');
  // Files of IR 1 and 2 may leave the operator set out: it is then version 1.
  if (opsets.size === 0) opsets.set('', 1);
  return {
    irVersion,
    opsets,
    graph,
    functions,
    producerName,
    producerVersion,
    domain,
    modelVersion,
    docString,
    metadata,
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}
