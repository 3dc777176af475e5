/** Any bytes as a frozen graph: a clean error, or a model that can be written. */
import { FettleError } from '../../../shared/base/errors.ts';
import { frozenPorts } from '../../../shared/formats/frozen-graph/frozen-ports.ts';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import { inlineCalls } from '../../../shared/formats/tf/inline-calls.ts';
import { assembleGraph } from '../../../shared/formats/tf/proto/assemble-graph.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { readGraph } from '../../../shared/formats/tf/proto/graph.ts';
import { TfReader } from '../../../shared/formats/tf/proto/tf-reader.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { storedByteLength } from '../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** A few bytes can stand for gigabytes of one element, which are not written here. */
const MAX_WRITTEN = 2 ** 20;

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    const raw = readGraph(new TfReader(memorySource(data), new Budget('graph.pb')));
    const graph = assembleGraph(raw, frozenPorts(raw, undefined, 'graph.pb'), (node) => [node]);
    inlineCalls(graph);
    const { model } = convertGraph(graph, { title: 'graph.pb' });
    const weights = [...model.graph.initializers.values()];
    const bytes = weights.reduce((sum, tensor) => sum + storedByteLength(tensor), 0);
    if (bytes < MAX_WRITTEN) encodeModel(model);
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}
