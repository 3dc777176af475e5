import { describe, expect, it } from 'vitest';
import { editAllGraphs, editModel } from '../../shared/onnx/edit-model.ts';
import { graph, model, node, ops } from './_build.ts';

describe('editModel', () => {
  it('gives the very same model back when nothing was changed', () => {
    const m = model(graph([node('Relu', ['x'], ['y'])], ['x'], ['y']));
    expect(editModel(m, () => {}).model).toBe(m);
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
});
