/** ModelProto. */
import type { FunctionDefinition, Graph, Int64, Model } from '../model.ts';
import type { ByteRange } from '../stored-tensor.ts';
import { readFunction, writeFunction } from './function.ts';
import { readGraph, writeGraph } from './graph.ts';
import { readOpset, writeOpsets } from './opset.ts';
import type { WireSink } from './sink.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import type { WireReader } from './wire-reader.ts';

/** The whole source as a model. Versions above those that we know are read: what is new in them is kept as it is. */
export function readModelMessage(reader: WireReader): Model {
  const opsets = new Map<string, number>();
  const functions: FunctionDefinition[] = [];
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  let graph: Graph | undefined;
  let irVersion = 0;
  let producerName = '';
  let producerVersion = '';
  let domain = '';
  let docString = '';
  let modelVersion: Int64 = 0;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) irVersion = reader.integer();
    else if (field === 2) producerName = reader.string();
    else if (field === 3) producerVersion = reader.string();
    else if (field === 4) domain = reader.string();
    else if (field === 5) modelVersion = reader.int64();
    else if (field === 6) docString = reader.string();
    else if (field === 7) {
      if (graph) throw reader.error('it has two graphs');
      graph = reader.message(readGraph);
    } else if (field === 8) readOpset(reader, opsets);
    else if (field === 14) metadata = readStringEntry(reader, metadata);
    else if (field === 25) functions.push(reader.message(readFunction));
    else unknown = reader.unknown(unknown);
  }
  if (!graph) throw reader.error('it has no graph');
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
    metadata: metadata ?? new Map(),
    ...(unknown ? { unknown } : {}),
  };
}

/** The fields of a ModelProto. */
export function writeModelMessage(sink: WireSink, model: Model): void {
  sink.integer(1, model.irVersion);
  if (model.producerName) sink.string(2, model.producerName);
  if (model.producerVersion) sink.string(3, model.producerVersion);
  if (model.domain) sink.string(4, model.domain);
  if (model.modelVersion) sink.integer(5, model.modelVersion);
  if (model.docString) sink.string(6, model.docString);
  sink.message(7, writeGraph, model.graph);
  writeOpsets(sink, 8, model.opsets);
  writeStringEntries(sink, 14, model.metadata);
  for (const definition of model.functions) sink.message(25, writeFunction, definition);
  sink.verbatim(model.unknown);
}
