/** Models of any size for benches: a chain of layers, their weights made while they are written. */
import { computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Attribute, Model, Node } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';

const ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['dilations', { type: 'ints', value: [1, 1] }],
  ['group', { type: 'int', value: 1 }],
  ['kernel_shape', { type: 'ints', value: [3, 3] }],
  ['pads', { type: 'ints', value: [1, 1, 1, 1] }],
]);

/** A chain of `nodes` nodes; the first `initializers` of them have a weight of `weightBytes` bytes each. */
export function layeredModel(nodes: number, initializers: number, weightBytes: number): Model {
  const chain: Node[] = [];
  const weights = new Map<string, StoredTensor>();
  const value = (index: number): string =>
    index === 0 ? 'input' : `/model/layers.${index}/conv/Conv_output_0`;
  for (let index = 0; index < nodes; index++) {
    const weight = `model.layers.${index}.conv.weight`;
    const inputs = [value(index)];
    if (index < initializers) {
      inputs.push(weight);
      const compute = (): Uint8Array => new Uint8Array(weightBytes).fill(index + 1);
      weights.set(weight, computedTensor(weight, 'float32', [weightBytes / 4], compute));
    }
    chain.push({
      opType: index < initializers ? 'Conv' : 'Relu',
      domain: '',
      name: `/model/layers.${index}/conv/Conv`,
      inputs,
      outputs: [value(index + 1)],
      attributes: index < initializers ? ATTRIBUTES : new Map(),
    });
  }
  const type = { kind: 'tensor', elementType: 'float32', shape: [1, 3, 64, 64] } as const;
  return {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    graph: {
      name: 'layers',
      nodes: chain,
      initializers: weights,
      sparseInitializers: [],
      inputs: [{ name: 'input', type }],
      outputs: [{ name: value(nodes), type }],
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
