/** A model with one graph edit applied, in the main graph alone or in every graph. */
import { type ChangeCounts, GraphEditor } from './graph-editor.ts';
import { subgraphsOf } from './graph-walk.ts';
import type { Model } from './model.ts';

export interface Edited {
  readonly model: Model;
  readonly changes: ChangeCounts;
}

/** Runs `edit` on the main graph. The model given back is the same object when nothing changed. */
export function editModel(model: Model, edit: (graph: GraphEditor) => void): Edited {
  const editor = new GraphEditor(model.graph, { irVersion: model.irVersion });
  edit(editor);
  const graph = editor.build();
  return { model: graph === model.graph ? model : { ...model, graph }, changes: editor.changes };
}

/** Runs `edit` on every graph of the model, bodies before the graph around them. */
export function editAllGraphs(model: Model, edit: (graph: GraphEditor) => void): Edited {
  return editModel(model, (graph) => editInsideOut(graph, edit));
}

function editInsideOut(graph: GraphEditor, edit: (graph: GraphEditor) => void): void {
  for (const node of graph.nodes()) {
    if (subgraphsOf(node).length > 0)
      graph.editSubgraphs(node, (body) => editInsideOut(body, edit));
  }
  edit(graph);
}
