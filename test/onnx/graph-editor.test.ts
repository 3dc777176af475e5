import { describe, expect, it } from 'vitest';
import { GraphEditor } from '../../shared/onnx/graph-editor.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Graph } from '../../shared/onnx/model.ts';
import { graph, node, ops } from './_build.ts';

const editor = (g: Graph, irVersion = 8): GraphEditor => new GraphEditor(g, { irVersion });

describe('GraphEditor', () => {
  it('gives the very same graph back when nothing was changed', () => {
    const g = graph([node('Relu', ['x'], ['y'])], ['x'], ['y']);
    expect(editor(g).build()).toBe(g);
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
