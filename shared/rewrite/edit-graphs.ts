/** Every graph of a model through an editor, with the graph that it was before: types are known of that one. */
import { type Edited, editModel } from '../onnx/edit-model.ts';
import { GraphEditor } from '../onnx/graph-editor.ts';
import { subgraphsOf } from '../onnx/graph-walk.ts';
import type { FunctionDefinition, Graph, Model, ValueInfo } from '../onnx/model.ts';

/** Edits one graph; `original` is what the editor was made from. */
export type EditGraph = (editor: GraphEditor, original: Graph) => void;

/** Runs `edit` on every graph, bodies before the graph around them. */
export function editGraphs(model: Model, edit: EditGraph): Edited {
  return editModel(model, (editor) => editInsideOut(editor, model.graph, edit));
}

function editInsideOut(editor: GraphEditor, original: Graph, edit: EditGraph): void {
  for (const node of editor.nodes()) {
    const bodies = subgraphsOf(node).map(({ graph }) => graph);
    if (bodies.length === 0) continue;
    // The editor visits bodies in the order of `subgraphsOf`.
    let next = 0;
    editor.editSubgraphs(node, (body) => {
      const graph = bodies[next++];
      if (graph) editInsideOut(body, graph, edit);
    });
  }
  edit(editor, original);
}

/** Edits the body of a function, and bodies inside it, as if it were a graph without initializers. */
export function editFunction(definition: FunctionDefinition, edit: EditGraph): FunctionDefinition {
  const untyped = (name: string): ValueInfo => ({ name, type: null });
  const graph: Graph = {
    name: definition.name,
    nodes: definition.nodes,
    initializers: new Map(),
    sparseInitializers: [],
    inputs: definition.inputs.map(untyped),
    outputs: definition.outputs.map(untyped),
    valueInfo: definition.valueInfo,
  };
  const editor = new GraphEditor(graph, { irVersion: IR_WITH_FUNCTIONS });
  editInsideOut(editor, graph, edit);
  const { nodes, valueInfo } = editor.build();
  return editor.changed ? { ...definition, nodes, valueInfo } : definition;
}

/** Functions came with this IR version. */
const IR_WITH_FUNCTIONS = 8;
