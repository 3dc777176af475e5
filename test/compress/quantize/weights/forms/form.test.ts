import { describe, expect, it } from 'vitest';
import { SharedWeights } from '../../../../../shared/compress/quantize/weights/forms/form.ts';
import { GraphEditor } from '../../../../../shared/onnx/graph-editor.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import type { Node } from '../../../../../shared/onnx/model.ts';
import { graph as makeGraph, ops } from '../../../../onnx/_build.ts';
import { weight } from '../../_numeric.ts';

const tensor = weight('w', [2, 2]);
const layout = { outer: 1, channels: 2, inner: 2, axis: 0, scaleDims: [2, 1] };
const used = { position: 1, tensor, layout };

/** Gives the node the weight that `make` makes under 'new'. */
function use(
  weights: SharedWeights,
  graph: GraphEditor,
  node: Node,
  key: string,
): readonly string[] {
  return weights.get({ graph, node }, used, key, (place) => {
    place.insert(makeNode('Made', [], [place.name('new')]));
    return [place.add({ ...tensor, name: place.name('codes') })];
  });
}

describe('SharedWeights', () => {
  const reader = makeNode('MatMul', ['x', 'w'], ['y']);

  it('makes a form of a weight once', () => {
    const graph = new GraphEditor(
      makeGraph([reader], ['x'], ['y'], { initializers: new Map([['w', tensor]]) }),
      { irVersion: 8 },
    );
    const weights = new SharedWeights();
    const first = use(weights, graph, reader, 'a');
    expect(use(weights, graph, reader, 'a')).toEqual(first);
    expect(use(weights, graph, reader, 'b')).not.toEqual(first);
    expect(ops(graph.build())).toEqual(['Made()→w_new_1', 'Made()→w_new', 'MatMul(x,w)→y']);
  });

  it('puts nodes behind a Constant node, and takes it out when it is unused', () => {
    const constant = makeNode('Constant', [], ['w'], { value: tensor });
    const graph = new GraphEditor(makeGraph([constant, reader], ['x'], ['y']), { irVersion: 8 });
    const weights = new SharedWeights();
    const [codes = ''] = use(weights, graph, reader, 'a');
    weights.removeUnused(graph);
    expect(graph.producer('w')).toBeDefined();
    graph.update(reader, { inputs: ['x', codes] });
    weights.removeUnused(graph);
    expect(ops(graph.build())).toEqual(['Made()→w_new', `MatMul(x,${codes})→y`]);
  });

  it('takes an initializer out of the inputs of an old file too', () => {
    const graph = new GraphEditor(
      makeGraph([reader], ['x', 'w'], ['y'], { initializers: new Map([['w', tensor]]) }),
      { irVersion: 3 },
    );
    const weights = new SharedWeights();
    const [codes = ''] = use(weights, graph, reader, 'a');
    graph.update(reader, { inputs: ['x', codes] });
    weights.removeUnused(graph);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect([...graph.initializers.keys()]).toEqual([codes]);
  });
});
