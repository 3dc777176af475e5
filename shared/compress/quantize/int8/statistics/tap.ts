/** Statistics of inner values as outputs of the model: added to a copy of it, also inside bodies of If and Loop. */
import { editModel } from '../../../../onnx/edit-model.ts';
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../../onnx/graph-walk.ts';
import { float32Tensor, int64Tensor } from '../../../../onnx/make-tensor.ts';
import type { Model, Node, ValueInfo } from '../../../../onnx/model.ts';
import type { Fold } from '../../../../runtime/fold-outputs.ts';
import { bodyScope, type ValueRef } from '../scopes.ts';

/** A statistic to be computed where a value is known. */
export interface Tap {
  readonly ref: ValueRef;
  /** `min` and `max` taps give one number. */
  readonly fold: Fold;
  /** Of the statistic; null for one of any length (histograms). */
  readonly dims: readonly number[] | null;
  /** The nodes that compute it from the value, in order; the last one's output is the statistic. */
  build(graph: GraphEditor, value: string): readonly Node[];
}

export interface TappedModel {
  readonly model: Model;
  /** Of the same order as the taps; undefined where a tap cannot be led out. */
  readonly outputs: readonly (string | undefined)[];
}

/** A statistic on its way out: its name in the graph that is being edited. */
interface Carried {
  readonly tap: Tap;
  readonly name: string;
}

/** The model with the taps as its only outputs: what they do not need is not computed. */
export function tapModel(model: Model, taps: readonly Tap[]): TappedModel {
  const found = new Map<Tap, string>();
  const edited = editModel(model, (graph) => {
    for (const { tap, name } of tapGraph(graph, '', taps)) found.set(tap, name);
    const names = [...new Set(found.values())];
    graph.setOutputs(names.map((name) => ({ name, type: null })));
  }).model;
  return { model: edited, outputs: taps.map((tap) => found.get(tap)) };
}

function tapGraph(graph: GraphEditor, scope: string, taps: readonly Tap[]): readonly Carried[] {
  const carried: Carried[] = [];
  // Of a copy: a node whose bodies got taps is another one in the same place, and would be met again.
  for (const node of [...graph.nodes()]) {
    if (subgraphsOf(node).length > 0) carried.push(...tapBodies(graph, scope, node, taps));
  }
  // At the end and backwards: onnxruntime walks from the last node to what it needs, so each statistic is
  // computed as soon as its value is there, and the value is freed (PP-OCRv4 rec: 118 MB instead of 159).
  for (const tap of taps.toReversed()) {
    if (tap.ref.scope !== scope) continue;
    const nodes = tap.build(graph, tap.ref.name);
    const name = nodes.at(-1)?.outputs[0];
    if (name === undefined) continue;
    graph.insertBefore(null, ...nodes);
    carried.push({ tap, name });
  }
  return carried;
}

/** Taps inside the bodies of an If or Loop, led out through new outputs of the node. */
function tapBodies(
  graph: GraphEditor,
  scope: string,
  node: Node,
  taps: readonly Tap[],
): readonly Carried[] {
  const bodies = subgraphsOf(node);
  const prefixes = bodies.map(({ attribute, index }) => bodyScope(scope, node, attribute, index));
  const inside = taps.filter(({ ref }) => prefixes.some((prefix) => ref.scope.startsWith(prefix)));
  if (inside.length === 0 || (node.opType !== 'If' && node.opType !== 'Loop')) return [];
  let order: readonly Tap[] = [];
  let position = 0;
  const collected = new Map<number, readonly Carried[]>();
  // First round: each body computes its own; second round: bodies give what others compute as neutral.
  let current = graph.editSubgraphs(node, (body) => {
    collected.set(position, tapGraph(body, prefixes[position] ?? '', taps));
    position++;
    // A body counts as changed when its interface does.
    body.setOutputs(body.outputs);
  });
  order = [...collected.values()].flatMap((list) => list.map(({ tap }) => tap));
  position = 0;
  current = graph.editSubgraphs(current, (body) => {
    const own = new Map((collected.get(position++) ?? []).map(({ tap, name }) => [tap, name]));
    const added = order.map((tap): ValueInfo => {
      const name = own.get(tap) ?? addNeutral(body, tap);
      return { name, type: { kind: 'tensor', elementType: 'float32', shape: null } };
    });
    body.setOutputs([...body.outputs, ...added]);
  });
  const names = order.map(() => graph.freshName('tap'));
  current = graph.update(current, { outputs: [...current.outputs, ...names] });
  const carried = order.map((tap, index): Carried => ({ tap, name: names[index] ?? '' }));
  return node.opType === 'If' ? carried : carried.map((one) => overIterations(graph, current, one));
}

/** What changes no fold: in the branch that does not compute the statistic. */
function addNeutral(graph: GraphEditor, { fold, dims }: Tap): string {
  const shape = dims ?? [1, 0];
  const value = { min: Infinity, max: -Infinity, sum: 0, histogram: Number.NaN }[fold];
  const count = shape.reduce((product, dim) => product * dim, 1);
  const name = graph.freshName('neutral');
  const body = graph.freshName('tap');
  graph.addInitializer(float32Tensor(name, shape, new Float32Array(count).fill(value)));
  graph.insertBefore(null, makeNode('Identity', [name], body));
  return body;
}

/** A Loop stacks what its iterations give: folded along the first axis, with a neutral row for no iteration. */
function overIterations(graph: GraphEditor, loop: Node, { tap, name }: Carried): Carried {
  const { fold, dims } = tap;
  // Smallest and largest are single numbers here, so reducing everything reduces the right axis.
  if (fold === 'histogram' || dims === null) return { tap, name };
  const value = { min: Infinity, max: -Infinity, sum: 0 }[fold];
  const count = dims.reduce((product, dim) => product * dim, 1);
  const neutral = graph.addInitializer(
    float32Tensor(graph.freshName('neutral'), [1, ...dims], new Float32Array(count).fill(value)),
  );
  const all = graph.freshName('tap');
  const folded = graph.freshName('tap');
  const axis = { type: 'int', value: 0 } as const;
  const concat = {
    ...makeNode('Concat', [name, neutral], all),
    attributes: new Map([['axis', axis]]),
  };
  const reduce =
    fold === 'sum'
      ? makeReduceSum(graph, all, folded)
      : makeNode(fold === 'min' ? 'ReduceMin' : 'ReduceMax', [all], folded, true);
  graph.insertAfter(loop, concat, reduce);
  return { tap, name: folded };
}

function makeReduceSum(graph: GraphEditor, input: string, output: string): Node {
  const axes = graph.addInitializer(int64Tensor(graph.freshName('axes'), [1], [0]));
  return makeNode('ReduceSum', [input, axes], output, true);
}

/** A node of ai.onnx; `dropsAxes`: a reduction drops the axes that it reduces. */
export function makeNode(
  opType: string,
  inputs: readonly string[],
  output: string,
  dropsAxes = false,
): Node {
  return {
    opType,
    domain: '',
    name: '',
    inputs,
    outputs: [output],
    attributes: new Map(dropsAxes ? [['keepdims', { type: 'int', value: 0 }]] : []),
  };
}
