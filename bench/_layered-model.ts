/** Models of any size for benches: a chain of layers, their weights made while they are written. */

import { computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Attribute, Model, Node } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { benchModel, float32 } from './_bench-model.ts';

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
  const shape = [1, 3, 64, 64];
  return benchModel({
    nodes: chain,
    initializers: weights,
    input: float32('input', shape),
    output: float32(value(nodes), shape),
  });
}
