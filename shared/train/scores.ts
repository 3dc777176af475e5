/** Where an output's scores are before they become probabilities: losses are made of those. */
import { intOf } from '../onnx/attributes.ts';
import type { Graph, Node } from '../onnx/model.ts';

export type Activation = 'softmax' | 'sigmoid' | 'none';

export interface Scores {
  /** Name of the value: what goes into the activation; the output itself where there is none. */
  readonly value: string;
  readonly activation: Activation;
  /** Of a softmax, as the node has it. */
  readonly axis?: number;
}

/** What may stand between an activation and the output: the order of elements is the same. */
const SAME_ELEMENTS: ReadonlySet<string> = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'QuantizeLinear',
  'DequantizeLinear',
]);

/** The last Softmax, LogSoftmax or Sigmoid in front of an output, if that is all there is. */
export function scoresOf(graph: Graph, output: string): Scores {
  const none: Scores = { value: output, activation: 'none' };
  for (let value = output; ; ) {
    const node = producerOf(graph, value);
    const input = node?.inputs[0];
    if (!node || input === undefined || node.domain !== '') return none;
    switch (node.opType) {
      case 'Softmax':
      case 'LogSoftmax':
        return { value: input, activation: 'softmax', axis: intOf(node, 'axis', -1) };
      case 'Sigmoid':
        return { value: input, activation: 'sigmoid' };
    }
    if (!SAME_ELEMENTS.has(node.opType)) return none;
    value = input;
  }
}

const producerOf = (graph: Graph, value: string): Node | undefined =>
  graph.nodes.find(({ outputs }) => outputs.includes(value));
