import { describe, expect, it } from 'vitest';
import { subgraphsOf } from '../../shared/onnx/graph-walk.ts';
import type { FunctionDefinition, Node } from '../../shared/onnx/model.ts';
import { namesReadBy, sortNodes } from '../../shared/onnx/sort-nodes.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { body, graph, model, node, ops } from './_build.ts';

const branch = (nodes: Node[], output: string) => graph(nodes, [], [output]);
const conditional = (nodes: Node[], output: string) =>
  node(
    'If',
    ['c'],
    ['y'],
    [
      body('then_branch', branch(nodes, output)),
      body('else_branch', branch([node('Abs', ['x'], ['r'])], 'r')),
    ],
  );

describe('sortNodes', () => {
  it('leaves a model in order alone', () => {
    const given = model(
      graph([node('Abs', ['x'], ['a']), node('Relu', ['a'], ['y'])], ['x'], ['y']),
    );
    expect(sortNodes(given)).toEqual({ model: given, moved: 0 });
    expect(sortNodes(given).model).toBe(given);
  });

  it('puts nodes behind what they read, and counts those that stood before it', () => {
    const nodes = [
      node('Relu', ['a'], ['y']),
      node('Neg', ['y'], ['z']),
      node('Abs', ['x'], ['a']),
    ];
    const { model: sorted, moved } = sortNodes(model(graph(nodes, ['x'], ['z'])));
    expect(moved).toBe(1);
    expect(ops(sorted.graph)).toEqual(['Abs(x)→a', 'Relu(a)→y', 'Neg(y)→z']);
  });

  it('knows what bodies capture, and sorts inside them', () => {
    const inner = [node('Relu', ['k'], ['i']), node('Add', ['late', 'x'], ['k'])];
    const nodes = [conditional(inner, 'i'), node('Abs', ['x'], ['late'])];
    const { model: sorted, moved } = sortNodes(model(graph(nodes, ['x', 'c'], ['y'])));
    expect(moved).toBe(2);
    expect(ops(sorted.graph)).toEqual(['Abs(x)→late', 'If(c)→y']);
    const [then] = subgraphsOf(sorted.graph.nodes[1] ?? node('', [], []));
    expect(then && ops(then.graph)).toEqual(['Add(late,x)→k', 'Relu(k)→i']);
    expect(verifyModel(sorted)).toEqual([]);
  });

  it('does not guess which of two values of one name is meant', () => {
    // `a` is that of the graph around: to move the body's own before it would change the result.
    const inner = [node('Relu', ['a'], ['r']), node('Abs', ['x'], ['a'])];
    const nodes = [node('Neg', ['x'], ['a']), conditional(inner, 'r')];
    const given = model(graph(nodes, ['x', 'c'], ['y']));
    expect(sortNodes(given).model).toBe(given);
  });

  it('sorts functions', () => {
    const definition: FunctionDefinition = {
      name: 'F',
      domain: 'my',
      inputs: ['x'],
      outputs: ['y'],
      attributes: [],
      attributeDefaults: new Map(),
      nodes: [node('Relu', ['a'], ['y']), node('Abs', ['x'], ['a'])],
      opsets: new Map([['', 17]]),
      valueInfo: new Map(),
    };
    const call = { ...node('F', ['x'], ['y']), domain: 'my' };
    const { model: sorted, moved } = sortNodes(
      model(graph([call], ['x'], ['y']), { functions: [definition] }),
    );
    expect(moved).toBe(1);
    expect(sorted.functions[0]?.nodes.map(({ opType }) => opType)).toEqual(['Abs', 'Relu']);
  });

  it('leaves a cycle as it is, for the verifier to name', () => {
    const nodes = [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])];
    const given = model(graph(nodes, ['x'], ['b']));
    expect(sortNodes(given).model).toBe(given);
  });
});

it('a node reads its inputs and what its bodies capture', () => {
  expect(namesReadBy(conditional([node('Relu', ['late'], ['i'])], 'i'))).toEqual([
    'c',
    'late',
    'x',
  ]);
});
