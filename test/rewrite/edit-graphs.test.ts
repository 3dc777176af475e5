import { describe, expect, it } from 'vitest';
import { makeNode } from '../../shared/onnx/make-node.ts';
import type { Graph } from '../../shared/onnx/model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { editFunction, editGraphs } from '../../shared/rewrite/edit-graphs.ts';

const model = parseModel(`
  <ir_version: 8, opset_import: ["": 17, "local": 1]>
  main (bool c, float x) => (y)
  {
    y = If (c) <
      then_branch = outer () => (float a) {
        a = If (c) <
          then_branch = left () => (float b) { b = Neg (x) },
          else_branch = right () => (float d) { d = Abs (x) }
        >
      },
      else_branch = other () => (float e) { e = Exp (x) }
    >
  }
  <domain: "local", opset_import: ["": 17]>
  f (a) => (b) { b = Neg (a) }
`);

describe('editGraphs', () => {
  it('visits bodies first, each with the graph that it was', () => {
    const visited: string[] = [];
    const { model: same } = editGraphs(model, (_, original) => visited.push(original.name));
    expect(visited).toEqual(['left', 'right', 'outer', 'other', 'main']);
    expect(same).toBe(model);
  });

  it('puts changed bodies back', () => {
    const { model: edited, changes } = editGraphs(model, (editor) => {
      for (const node of [...editor.nodes()])
        if (node.opType === 'Abs') editor.update(node, { opType: 'Relu' });
    });
    expect(changes.nodesAdded).toBe(1);
    const inner = (graph: Graph, attribute: string): Graph => {
      const value = graph.nodes[0]?.attributes.get(attribute);
      if (value?.type !== 'graph') throw new Error('no body');
      return value.value;
    };
    const right = inner(inner(edited.graph, 'then_branch'), 'else_branch');
    expect(right.nodes.map((node) => node.opType)).toEqual(['Relu']);
  });
});

describe('editFunction', () => {
  it('edits the nodes of a function', () => {
    const [definition] = model.functions;
    if (!definition) throw new Error('no function');
    const edited = editFunction(definition, (editor) => {
      for (const node of [...editor.nodes()])
        editor.replace(node, makeNode('Abs', node.inputs, node.outputs));
    });
    expect(edited.nodes.map((node) => node.opType)).toEqual(['Abs']);
    expect(editFunction(definition, () => {})).toBe(definition);
  });
});
