/** Names for the graphs of a model: the main one is '', a body is named by the way to it. */
import { editModel } from '../../../onnx/edit-model.ts';
import { GraphEditor } from '../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../onnx/graph-walk.ts';
import type { Model, Node } from '../../../onnx/model.ts';

/** A value of one graph: values of two branches may share a name. */
export interface ValueRef {
  readonly scope: string;
  readonly name: string;
}

export const keyOf = ({ scope, name }: ValueRef): string => `${scope}${name}`;

/** The scope of a body: the scope of its node, the node's first output and the attribute. */
export function bodyScope(scope: string, node: Node, attribute: string, index: number): string {
  return `${scope}${node.outputs[0] ?? ''}.${attribute}${index > 0 ? `[${index}]` : ''}/`;
}

/** A graph to look at: nothing that is done to the editor reaches the model. */
export interface Scope {
  readonly key: string;
  readonly graph: GraphEditor;
  /** The control-flow nodes around it, outermost first. */
  readonly path: readonly Node[];
}

/** Every graph of the model, outer before inner. */
export function scopesOf(model: Model): readonly Scope[] {
  const found: Scope[] = [];
  const visit = (scope: Scope): void => {
    found.push(scope);
    for (const node of scope.graph.nodes()) {
      for (const { attribute, index, graph } of subgraphsOf(node)) {
        visit({
          key: bodyScope(scope.key, node, attribute, index),
          graph: new GraphEditor(graph, { irVersion: model.irVersion, parent: scope.graph }),
          path: [...scope.path, node],
        });
      }
    }
  };
  visit({
    key: '',
    graph: new GraphEditor(model.graph, { irVersion: model.irVersion }),
    path: [],
  });
  return found;
}

/** The model with every graph edited, bodies before the graph around them. */
export function editScopes(model: Model, edit: (graph: GraphEditor, scope: string) => void): Model {
  const visit = (graph: GraphEditor, scope: string): void => {
    for (const node of graph.nodes()) {
      const bodies = subgraphsOf(node);
      if (bodies.length === 0) continue;
      let next = 0;
      graph.editSubgraphs(node, (body) => {
        const { attribute, index } = bodies[next++] ?? { attribute: '', index: 0 };
        visit(body, bodyScope(scope, node, attribute, index));
      });
    }
    edit(graph, scope);
  };
  return editModel(model, (graph) => visit(graph, '')).model;
}
