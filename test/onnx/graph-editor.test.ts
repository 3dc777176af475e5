import { describe, expect, it } from 'vitest';
import { editAllGraphs, editModel } from '../../shared/onnx/edit-model.ts';
import { GraphEditor } from '../../shared/onnx/graph-editor.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Attribute, Graph, Model, Node } from '../../shared/onnx/model.ts';

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: [string, Attribute][] = [],
): Node => ({
  opType,
  domain: '',
  name: '',
  inputs,
  outputs,
  attributes: new Map(attributes),
});

const graph = (
  nodes: Node[],
  inputs: string[],
  outputs: string[],
  parts: Partial<Graph> = {},
): Graph => ({
  name: 'g',
  nodes,
  initializers: new Map(),
  sparseInitializers: [],
  inputs: inputs.map((name) => ({ name, type: null })),
  outputs: outputs.map((name) => ({ name, type: null })),
  valueInfo: new Map(),
  ...parts,
});

const model = (main: Graph): Model => ({
  irVersion: 8,
  opsets: new Map([['', 17]]),
  graph: main,
  functions: [],
  producerName: '',
  producerVersion: '',
  domain: '',
  modelVersion: 0,
  docString: '',
  metadata: new Map(),
});

const ops = (edited: Graph): string[] =>
  edited.nodes.map((n) => `${n.opType}(${n.inputs})→${n.outputs}`);
const editor = (g: Graph, irVersion = 8): GraphEditor => new GraphEditor(g, { irVersion });

describe('GraphEditor', () => {
  it('gives the very same graph back when nothing was changed', () => {
    const g = graph([node('Relu', ['x'], ['y'])], ['x'], ['y']);
    expect(editor(g).build()).toBe(g);
    const m = model(g);
    expect(editModel(m, () => {}).model).toBe(m);
  });

  it('replaces a value that is read by nodes', () => {
    const identity = node('Identity', ['x'], ['a']);
    const e = editor(graph([identity, node('Relu', ['a'], ['y'])], ['x'], ['y']));
    expect(e.replaceValue('a', 'x')).toBe(true);
    expect(e.has(identity)).toBe(false);
    expect(ops(e.build())).toEqual(['Relu(x)→y']);
  });

  it('keeps the name of a graph output by renaming what now gives it', () => {
    const e = editor(
      graph(
        [node('Relu', ['x'], ['a']), node('Identity', ['a'], ['y']), node('Neg', ['a'], ['z'])],
        ['x'],
        ['y', 'z'],
      ),
    );
    expect(e.replaceValue('y', 'a')).toBe(true);
    expect(ops(e.build())).toEqual(['Relu(x)→y', 'Neg(y)→z']);
  });

  it('refuses to make an input a graph output', () => {
    const e = editor(graph([node('Identity', ['x'], ['y'])], ['x'], ['y']));
    expect(e.replaceValue('y', 'x')).toBe(false);
    expect(e.changed).toBe(false);
  });

  it('sees and replaces what subgraphs capture, and keeps body outputs named as they were', () => {
    const then = graph([node('Relu', ['a'], ['t'])], [], ['t']);
    const otherwise = graph([], [], ['a']);
    const branch = node(
      'If',
      ['c'],
      ['y'],
      [
        ['then_branch', { type: 'graph', value: then }],
        ['else_branch', { type: 'graph', value: otherwise }],
      ],
    );
    const identity = node('Identity', ['x'], ['a']);
    const e = editor(graph([identity, branch], ['x', 'c'], ['y']));
    expect(e.uses('a')).toEqual([{ node: branch, index: null }]);
    expect(e.onlyConsumer('a')).toBe(branch);
    e.replaceValue('a', 'x');
    expect(e.has(identity)).toBe(false);
    const [rewritten] = e.build().nodes;
    const body = (name: string): string[] => {
      const attribute = rewritten?.attributes.get(name);
      return attribute?.type === 'graph' ? ops(attribute.value) : [];
    };
    expect(body('then_branch')).toEqual(['Relu(x)→t']);
    expect(body('else_branch')).toEqual(['Identity(x)→a']);
    expect(e.uses('x')).toHaveLength(1);
  });

  it('walks on over nodes that are removed, replaced and inserted meanwhile', () => {
    const names = ['a', 'b', 'c', 'd'];
    const nodes = names.map((name, i) => node(name, [names[i - 1] ?? 'x'], [name]));
    const e = editor(graph(nodes, ['x'], ['d']));
    const visited: string[] = [];
    for (const n of e.nodes()) {
      visited.push(n.opType);
      if (n.opType === 'a') {
        for (const later of [...e.nodes()].slice(1, 3)) e.remove(later);
        e.remove(n);
        e.insertBefore(e.producer('d') ?? null, node('new', ['x'], ['c']));
      }
    }
    expect(visited).toEqual(['a', 'new', 'd']);
    expect(ops(e.build())).toEqual(['new(x)→c', 'd(c)→d']);
    expect(e.changes).toMatchObject({ nodesAdded: 1, nodesRemoved: 3 });
  });

  it('finds constants, but not initializers that a caller may override', () => {
    const w = float32Tensor('w', [1], [2]);
    const parts = { initializers: new Map([['w', w]]) };
    const constantNode = node('Constant', [], ['k'], [['value', { type: 'tensor', value: w }]]);
    expect(editor(graph([constantNode], [], [], parts)).constant('k')).toBe(w);
    expect(editor(graph([], [], [], parts)).constant('w')).toBe(w);
    expect(editor(graph([], ['w'], [], parts)).constant('w')).toBeUndefined();
    expect(editor(graph([], ['w'], [], parts), 3).constant('w')).toBe(w);
  });

  it('makes fresh names that no graph of the model has', () => {
    const body = graph([node('Relu', ['x'], ['fresh'])], [], ['fresh']);
    const e = editor(
      graph(
        [node('If', ['c'], ['y'], [['then_branch', { type: 'graph', value: body }]])],
        ['x', 'c'],
        ['y'],
      ),
    );
    expect(e.freshName('fresh')).toBe('fresh_1');
    expect(e.freshName('fresh')).toBe('fresh_2');
  });

  it('edits bodies before the graph around them and counts their changes', () => {
    const body = graph([node('Identity', ['x'], ['i']), node('Relu', ['i'], ['t'])], [], ['t']);
    const m = model(
      graph(
        [node('If', ['c'], ['y'], [['then_branch', { type: 'graph', value: body }]])],
        ['x', 'c'],
        ['y'],
      ),
    );
    const order: number[] = [];
    const { model: edited, changes } = editAllGraphs(m, (g) => {
      order.push(g.nodeCount);
      for (const n of g.nodes()) {
        if (n.opType === 'Identity') g.replaceValue(n.outputs[0] ?? '', n.inputs[0] ?? '');
      }
    });
    expect(order).toEqual([2, 1]);
    expect(changes.nodesRemoved).toBe(1);
    const attribute = edited.graph.nodes[0]?.attributes.get('then_branch');
    expect(attribute?.type === 'graph' && ops(attribute.value)).toEqual(['Relu(x)→t']);
  });

  it('edits 20,000 nodes in linear time', () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) =>
      node('Identity', [i ? `v${i - 1}` : 'x'], [`v${i}`]),
    );
    const e = editor(graph([...nodes, node('Relu', ['v19999'], ['y'])], ['x'], ['y']));
    const start = performance.now();
    for (const n of e.nodes()) {
      if (n.opType !== 'Identity') continue;
      e.replaceValue(n.outputs[0] ?? '', n.inputs[0] ?? '');
    }
    expect(ops(e.build())).toEqual(['Relu(x)→y']);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
