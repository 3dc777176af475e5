/** Carries out a float16 plan: types changed where it says, one Cast for each value that is needed in both types. */
import { DefectError } from '../../../base/errors.ts';
import { editModel } from '../../../onnx/edit-model.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../onnx/graph-walk.ts';
import { rawTensor } from '../../../onnx/make-tensor.ts';
import type { Attribute, Model, Node, ValueInfo } from '../../../onnx/model.ts';
import { bodyScope, keyOf } from '../int8/scopes.ts';
import { halfBodyResults } from './branch-results.ts';
import type { Float16Plan, PlannedHalf } from './float16-plan.ts';
import { halfTensor } from './half-tensor.ts';
import { HALF_CODE, TypedValues } from './typed-values.ts';

/** The model in float16; the model itself for an empty plan. Constants are converted when they are written. */
export function applyFloat16(model: Model, plan: Float16Plan): Model {
  if (plan.nodes.length === 0) return model;
  const planned = new Map(plan.nodes.map((node) => [keyOf(node), node]));
  const values = new TypedValues(planned, plan.io);
  const found = new Set<PlannedHalf>();
  const visit = (graph: GraphEditor, scope: string, results: ReadonlySet<string>): void => {
    values.enter(graph, scope, results);
    for (const node of graph.nodes()) {
      const bodies = subgraphsOf(node);
      let next = 0;
      if (bodies.length === 0) continue;
      const entry = planned.get(keyOf({ scope, name: node.outputs[0] ?? '' }));
      graph.editSubgraphs(node, (body) => {
        const { attribute, index } = bodies[next++] ?? { attribute: '', index: 0 };
        const half = halfBodyResults(body, entry);
        visit(body, bodyScope(scope, node, attribute, index), half);
        if (half.size > 0)
          body.setOutputs(body.outputs.map((info) => (half.has(info.name) ? asHalf(info) : info)));
      });
    }
    for (const node of [...graph.nodes()]) {
      const entry = planned.get(keyOf({ scope, name: node.outputs[0] ?? '' }));
      if (entry) found.add(entry);
      rewriteNode(graph, node, entry, values);
    }
    values.finish(graph);
    if (plan.io === 'float16' && !graph.parent) {
      graph.setInputs(graph.inputs.map(asHalf));
      graph.setOutputs(
        graph.outputs.map((info) => (graph.initializers.has(info.name) ? info : asHalf(info))),
      );
    }
  };
  const { model: edited } = editModel(model, (graph) => visit(graph, '', new Set()));
  const missing = plan.nodes.find((node) => !found.has(node));
  if (missing) throw new DefectError(`float16 plan: ${missing.op} '${missing.name}' is not there`);
  return edited;
}

/** The node with each input in the type it wants, and its own results under the names of their type. */
function rewriteNode(
  graph: GraphEditor,
  node: Node,
  entry: PlannedHalf | undefined,
  values: TypedValues,
): void {
  const wanted = new Set(entry?.inputs);
  const takesAny = node.opType === 'Cast' && node.domain === '';
  const inputs = node.inputs.map((name, position) =>
    takesAny ? name : values.as(graph, name, wanted.has(position) ? 'float16' : 'float32'),
  );
  const outputs = node.outputs.map((name) => values.ownName(graph, name));
  const isSame =
    inputs.every((name, position) => name === node.inputs[position]) &&
    outputs.every((name, position) => name === node.outputs[position]);
  const attributes = entry ? halfAttributes(node) : node.attributes;
  if (!isSame || attributes !== node.attributes)
    graph.update(node, { inputs, outputs, attributes });
  for (const name of node.outputs) if (name !== '') values.defined(graph, name);
}

/** Of operators whose result type is an attribute. */
function halfAttributes(node: Node): Node['attributes'] {
  if (node.domain !== '') return node.attributes;
  const changed = new Map<string, Attribute>(node.attributes);
  if (node.opType === 'Cast') return changed.set('to', { type: 'int', value: HALF_CODE });
  const value = node.attributes.get('value');
  if (node.opType !== 'ConstantOfShape') return node.attributes;
  // Without the attribute it gives float32 zeros.
  const fill =
    value?.type === 'tensor'
      ? halfTensor('', value.value)
      : rawTensor('', 'float16', [1], new Uint8Array(2));
  return changed.set('value', { type: 'tensor', value: fill });
}

/** The same value as float16, if it was float32. */
function asHalf(info: ValueInfo): ValueInfo {
  return info.type?.kind === 'tensor' && info.type.elementType === 'float32'
    ? { ...info, type: { ...info.type, elementType: 'float16' } }
    : info;
}
