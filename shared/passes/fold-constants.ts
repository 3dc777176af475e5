/**
 * Values that depend on no input, computed once: by onnxruntime, without optimization, so that they are
 * what the model itself would have computed.
 */
import { ModelError, ToolError, UnsupportedError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { subgraphsOf } from '../onnx/graph-walk.ts';
import { storeTensor } from '../onnx/make-tensor.ts';
import type { Graph } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import { type Pass, type PassWork, runtimeOptions } from '../rewrite/pass.ts';
import { Refusal } from '../rewrite/refusal.ts';
import { evaluateConstants } from '../runtime/evaluate-constants.ts';
import { type Folding, planFolding } from './fold-constants/plan.ts';

type Values = ReadonlyMap<string, Tensor>;

export const foldConstants: Pass = {
  name: 'fold-constants',
  identity: 'f(c) is constant where c is, f is pure, and the weights grow by no more than a tenth',
  needsTypes: true,
  run: async (work) => {
    const foldings = new Map<Graph, Folding>();
    work.editGraphs((graph) => foldings.set(graph.original, planFolding(graph, work.growth)));
    const computed = new Map<Graph, Values>();
    for (const [graph, around] of surroundings(work.model.graph)) {
      const values = foldings.get(graph)?.values ?? [];
      if (values.length > 0) computed.set(graph, await evaluate(work, graph, around, values));
    }
    work.editGraphs((graph) => {
      const folding = foldings.get(graph.original);
      if (folding) apply(graph, folding, computed.get(graph.original) ?? new Map());
    });
  },
};

/** Every graph with the graphs around it, outermost first. */
function surroundings(graph: Graph, around: readonly Graph[] = []): Map<Graph, readonly Graph[]> {
  const found = new Map([[graph, around]]);
  for (const node of graph.nodes) {
    for (const body of subgraphsOf(node))
      for (const [inner, outer] of surroundings(body.graph, [...around, graph]))
        found.set(inner, outer);
  }
  return found;
}

/** Computes all at once; when that fails, in halves, so that one node that fails costs no other. */
async function evaluate(
  work: PassWork,
  graph: Graph,
  around: readonly Graph[],
  values: readonly string[],
): Promise<Values> {
  try {
    const options = { ...runtimeOptions(work.context), around };
    return await evaluateConstants({ ...work.model, graph }, values, options);
  } catch (error) {
    const isOfNode =
      error instanceof ToolError ||
      error instanceof UnsupportedError ||
      error instanceof ModelError;
    if (!isOfNode) throw error;
    if (values.length === 1) {
      work.refuse(new Refusal(`onnxruntime cannot compute it: ${error.message}`, values));
      return new Map();
    }
    const middle = Math.ceil(values.length / 2);
    const halves = [values.slice(0, middle), values.slice(middle)];
    const found = new Map<string, Tensor>();
    for (const half of halves)
      for (const [name, value] of await evaluate(work, graph, around, half)) found.set(name, value);
    return found;
  }
}

function apply({ editor }: GraphContext, folding: Folding, computed: Values): void {
  const constants = new Map(folding.reshaped);
  for (const [name, tensor] of computed) constants.set(name, storeTensor(name, tensor));
  // From the end to the front: a value that could not be computed keeps its node, and what feeds it.
  for (const node of [...folding.nodes].toReversed()) {
    if (node.outputs.every((output) => constants.has(output) || !editor.isUsed(output)))
      editor.remove(node);
  }
  for (const tensor of constants.values())
    if (!editor.producer(tensor.name)) editor.addInitializer(tensor);
}
