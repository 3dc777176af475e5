/** GraphProto. Graphs hold nodes, nodes attributes, attributes graphs: the files import each other as the messages do. */
import type { Graph, Node, SparseTensor, ValueInfo } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';
import { readNode, writeNode } from './node.ts';
import type { WireSink } from './sink.ts';
import { readSparseTensor, writeSparseTensor } from './sparse-tensor.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import { readTensor, writeTensor } from './tensor.ts';
import { readValueInfo, writeValueInfo } from './value-info.ts';
import type { WireReader } from './wire-reader.ts';

/** The current message as a graph. @throws ModelError when an initializer is defined twice. */
export function readGraph(reader: WireReader): Graph {
  const nodes: Node[] = [];
  const initializers = new Map<string, StoredTensor>();
  const sparseInitializers: SparseTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfo = new Map<string, ValueInfo>();
  let name = '';
  let docString = '';
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  reader.charge(1500);
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        nodes.push(reader.message(readNode));
        break;
      case 2:
        name = reader.string();
        break;
      case 5: {
        const tensor = reader.message(readTensor);
        if (initializers.has(tensor.name))
          throw reader.error(`the initializer '${tensor.name}' is defined twice`);
        initializers.set(tensor.name, tensor);
        break;
      }
      case 10:
        docString = reader.string();
        break;
      case 11:
        inputs.push(reader.message(readValueInfo));
        break;
      case 12:
        outputs.push(reader.message(readValueInfo));
        break;
      case 13: {
        // Tools that add types to a graph repeat names; the last one counts.
        const info = reader.message(readValueInfo);
        valueInfo.set(info.name, info);
        break;
      }
      case 15:
        sparseInitializers.push(reader.message(readSparseTensor));
        break;
      case 16:
        metadata = readStringEntry(reader, metadata);
        break;
      default:
        unknown = reader.unknown(unknown);
    }
  }
  return {
    name,
    nodes,
    initializers,
    sparseInitializers,
    inputs,
    outputs,
    valueInfo,
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** The fields of a GraphProto. */
export function writeGraph(sink: WireSink, graph: Graph): void {
  for (const node of graph.nodes) sink.message(1, writeNode, node);
  if (graph.name) sink.string(2, graph.name);
  for (const tensor of graph.initializers.values()) sink.message(5, writeTensor, tensor);
  if (graph.docString) sink.string(10, graph.docString);
  for (const info of graph.inputs) sink.message(11, writeValueInfo, info);
  for (const info of graph.outputs) sink.message(12, writeValueInfo, info);
  for (const info of graph.valueInfo.values()) sink.message(13, writeValueInfo, info);
  for (const tensor of graph.sparseInitializers) sink.message(15, writeSparseTensor, tensor);
  writeStringEntries(sink, 16, graph.metadata);
  sink.verbatim(graph.unknown);
}
