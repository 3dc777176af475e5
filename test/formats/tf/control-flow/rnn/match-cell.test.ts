import { describe, expect, it } from 'vitest';
import type { TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';
import { caseNamed, modelOf, opsOf } from '../_cases.ts';
import { constant } from '../_graph.ts';
import { withBody, withNodes } from './_mutate.ts';

/** The node with one reference in place of another. */
const reading = (node: TfNode, from: string, to: string): TfNode => ({
  ...node,
  inputs: node.inputs.map((input) => (input === from ? to : input)),
});

const endsWith = (node: TfNode, end: string): boolean => node.name.endsWith(`/${end}`);

/** The full name of the node of the body whose name ends so. */
function nameOf(graph: ReturnType<typeof caseNamed>['graph'], end: string): string {
  for (const target of graph.functions.values())
    for (const node of target.nodes)
      if (target.name.includes('body') && endsWith(node, end)) return node.name;
  throw new Error(`no node ${end}`);
}

type Change = (node: TfNode, full: (end: string) => string) => TfNode;

/** Exactly what each of the equations says, and one step beside it. */
const NEARLY: readonly [layer: string, what: string, change: Change][] = [
  ['lstm', 'an activation that is none', (n) => (endsWith(n, 'Tanh') ? { ...n, op: 'Sin' } : n)],
  [
    'lstm',
    'a gate without its sigmoid',
    (n) => (endsWith(n, 'Sigmoid_2') ? { ...n, op: 'Tanh' } : n),
  ],
  [
    'lstm',
    'input and forget gate exchanged',
    (n, full) =>
      endsWith(n, 'Sigmoid')
        ? reading(n, full('split'), `${full('split')}:1`)
        : endsWith(n, 'Sigmoid_1')
          ? reading(n, `${full('split')}:1`, full('split'))
          : n,
  ],
  [
    'lstm',
    'an output gate that is the forget gate',
    (n, full) =>
      endsWith(n, 'Sigmoid_2') ? reading(n, `${full('split')}:3`, `${full('split')}:1`) : n,
  ],
  [
    'lstm',
    'a difference of states',
    (n) => (endsWith(n, 'add_1') && n.name.includes('cell') ? { ...n, op: 'Sub' } : n),
  ],
  [
    'lstm',
    'an output of the old state',
    (n, full) =>
      endsWith(n, 'Tanh_1') ? reading(n, full('lstm_cell_1/add_1'), full('lstm_cell_1/mul')) : n,
  ],
  [
    'lstm',
    'a transposed product',
    (n) =>
      endsWith(n, 'MatMul_1')
        ? {
            ...n,
            attributes: new Map(n.attributes).set('transpose_b', { kind: 'bool', value: true }),
          }
        : n,
  ],
  [
    'lstm',
    'gates of another axis',
    (n) => (endsWith(n, 'split/split_dim') ? constant(n.name, [0]) : n),
  ],
  [
    'gru',
    'a complement of two',
    (n) => (endsWith(n, 'sub/x') ? constant(n.name, [2], 'float32') : n),
  ],
  [
    'gru',
    'update and reset gate exchanged',
    (n, full) =>
      endsWith(n, 'mul_1') || endsWith(n, 'sub')
        ? reading(n, full('Sigmoid'), full('Sigmoid_1'))
        : endsWith(n, 'mul')
          ? reading(n, full('Sigmoid_1'), full('Sigmoid'))
          : n,
  ],
  [
    'gru',
    'a candidate that is not reset',
    (n) => (endsWith(n, 'gru_cell_1/mul') ? { ...n, op: 'AddV2' } : n),
  ],
  [
    'gru',
    'gates that overlap',
    (n) => (endsWith(n, 'strided_slice_1/stack') ? constant(n.name, [0, 3], 'int32', [2]) : n),
  ],
  [
    'simple rnn',
    'an activation that is none',
    (n) => (endsWith(n, 'Tanh') ? { ...n, op: 'Erf' } : n),
  ],
  [
    'simple rnn',
    'a product of input and state',
    (n) => (endsWith(n, 'simple_rnn_cell_1/add') ? { ...n, op: 'Mul' } : n),
  ],
];

const IS_RNN = /"(LSTM|GRU|RNN)"/;

/** The ops of the model; the reason, when the changed body makes no sense to the ops themselves. */
function outcome(graph: ReturnType<typeof caseNamed>['graph']): string {
  try {
    return JSON.stringify(opsOf(modelOf(graph)));
  } catch (error) {
    return String(error);
  }
}

describe('the body of a loop', () => {
  it.each(NEARLY)('of a %s with %s is no recurrent layer', (layer, _, change) => {
    const { graph } = caseNamed(`keras3 ${layer}`);
    const before = outcome(graph);
    let changed = 0;
    const other = withNodes(graph, (node) => {
      const made = change(node, (end) => nameOf(graph, end));
      if (made !== node) changed++;
      return made;
    });
    expect(before).toMatch(IS_RNN);
    expect(changed).toBeGreaterThan(0);
    expect(outcome(other)).not.toMatch(IS_RNN);
  });

  it.each(['lstm', 'gru', 'gru reset before', 'simple rnn'])(
    'of %s is found whatever its nodes are called, and in whichever order they add and multiply',
    (layer) => {
      const { graph } = caseNamed(`keras3 ${layer}`);
      const renamed = withBody(graph, (body) => {
        const names = new Map(body.nodes.map(({ name }, place) => [name, `n${place}`]));
        const rename = (reference: string): string => {
          const [name = '', output] = reference.split(':');
          return `${names.get(name)}${output === undefined ? '' : `:${output}`}`;
        };
        return {
          ...body,
          parameters: body.parameters.map(rename),
          results: body.results.map(rename),
          nodes: body.nodes.map((node) => {
            const inputs = node.inputs.map(rename);
            const isFree = node.op === 'Mul' || node.op === 'AddV2';
            return { ...node, name: rename(node.name), inputs: isFree ? inputs.reverse() : inputs };
          }),
        };
      });
      expect(outcome(renamed)).toMatch(IS_RNN);
    },
  );
});
