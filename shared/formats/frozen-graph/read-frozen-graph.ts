/** Frozen graphs: one GraphDef whose weights are constants. */
import { fileSource } from '../../onnx/byte-source.ts';
import type { ReadSource } from '../source-model.ts';
import { convertGraph } from '../tf/convert-graph.ts';
import { cutGraph } from '../tf/cut-graph.ts';
import { assembleGraph } from '../tf/proto/assemble-graph.ts';
import { Budget } from '../tf/proto/budget.ts';
import { readGraph } from '../tf/proto/graph.ts';
import { TfReader } from '../tf/proto/tf-reader.ts';
import { frozenPorts } from './frozen-ports.ts';

/** A `.pb` file. Inputs are its placeholders, outputs what no node reads, unless others are given. */
export const readFrozenGraph: ReadSource = async (path, options) => {
  const { shown, inputs, outputs, opset, open = fileSource } = options;
  const source = open(path);
  try {
    const budget = new Budget(path, { keepsShapes: inputs !== undefined });
    const raw = readGraph(new TfReader(source, budget));
    const whole = assembleGraph(raw, frozenPorts(raw, outputs, shown), (node) => [node]);
    const graph = cutGraph(whole, { inputs }, shown);
    return {
      ...convertGraph(graph, { opset, title: shown }),
      producer: raw.producerVersion > 0 ? `TensorFlow (graph version ${raw.producerVersion})` : '',
      notes: graph.notes,
      [Symbol.dispose]: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
};
