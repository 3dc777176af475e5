/** The shell around the graphs that benches make: one input, one output, opset 17. */
import type { Model, Node, ValueInfo } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';

export interface BenchGraph {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

export const float32 = (name: string, shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape },
});

export function benchModel({ nodes, initializers, input, output }: BenchGraph): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    graph: {
      name: 'bench',
      nodes,
      initializers,
      sparseInitializers: [],
      inputs: [input],
      outputs: [output],
      valueInfo: new Map(),
    },
    functions: [],
    producerName: 'fettle bench',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}
