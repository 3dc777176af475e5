/** Reverse-mode automatic differentiation of a graph of ONNX ops into more ONNX ops. */
import { DefectError, UnsupportedError } from '../../base/errors.ts';
import type { Graph, Model, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { TakenNames } from '../../onnx/taken-names.ts';
import { integerValues } from '../../onnx/tensor-data.ts';
import type { Shape } from '../emitter.ts';
import { Backward } from './backward.ts';
import { NoGradient } from './rule.ts';
import { ruleOf } from './rules/gradient-rules.ts';

export interface DifferentiateOptions {
  /** A value of one element. */
  readonly loss: string;
  /** Float32 values whose gradients are wanted: initializers, inputs, anything between. */
  readonly by: readonly string[];
  /** Of every float32 value of the graph; all sizes are numbers. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Where names of new values come from: of the graph, unless more will be added to it. */
  readonly names?: TakenNames;
}

export interface Gradients {
  /** The graph's own nodes, some with more outputs, and behind them those that make gradients. */
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** Names of the gradients, by the names in `by`; those that the loss does not depend on are left out. */
  readonly gradients: ReadonlyMap<string, string>;
}

/** From here on ScatterElements can add. (Since 13 axes are inputs, and Softmax goes along one axis.) */
const LOWEST_OPSET = 16;

/**
 * Of a sorted graph of opset 16 or later, whose constants are initializers. Values that are not float32 have no gradients, and nothing flows through them.
 * @throws UnsupportedError with all ops in the way that have no rule
 */
export function differentiate(
  model: Model,
  { loss, by, shapes, names = new TakenNames(model.graph) }: DifferentiateOptions,
): Gradients {
  const { graph, opsets } = model;
  const opset = opsets.get('') ?? 0;
  if (opset < LOWEST_OPSET)
    throw new DefectError(`a graph of opset ${opset} was to be differentiated`);
  const back = new Backward(shapes, names);
  const dependent = dependentOn(graph, by, shapes);
  const parts = new Map<string, string[]>([[loss, [back.floats(back.shapeOf(loss), ONE)]]]);
  const refused = new Map<string, number>();
  for (const node of graph.nodes.toReversed()) {
    const gradients = node.outputs.map((output) => total(parts, output, back));
    const needs = (input: number): boolean => dependent.has(node.inputs[input] ?? '');
    const isOnTheWay =
      gradients.some((gradient) => gradient !== undefined) && node.inputs.some((_, i) => needs(i));
    if (!isOnTheWay) continue;
    const rule = ruleOf(node);
    const found = rule && attempt(() => rule({ ...around(model, node), gradients, back, needs }));
    if (!found || typeof found === 'string') {
      const reason = found ?? node.opType;
      refused.set(reason, (refused.get(reason) ?? 0) + 1);
    }
    // Behind an op without a rule others may have none either: what flows there does not matter any more.
    const flowing = typeof found === 'object' ? found : stuck(node, needs, back);
    flowing.forEach((gradient, input) => {
      const name = node.inputs[input] ?? '';
      if (gradient !== undefined && needs(input))
        parts.set(name, [...(parts.get(name) ?? []), gradient]);
    });
  }
  if (refused.size > 0) throw refusal(refused);
  const gradients = by.flatMap((name): [string, string][] => {
    const gradient = total(parts, name, back);
    return gradient === undefined ? [] : [[name, gradient]];
  });
  const forward = graph.nodes.map((node) => back.forward.get(node) ?? node);
  return {
    nodes: [...forward, ...back.nodes],
    initializers: back.initializers,
    gradients: new Map(gradients),
  };
}

const ONE = Float32Array.of(1);

const stuck = (node: Node, needs: (input: number) => boolean, back: Backward) =>
  node.inputs.map((name, input) =>
    needs(input) ? back.emit('Identity', [name], back.shapeOf(name)) : undefined,
  );

/** All values that change when one of `by` does. */
function dependentOn(
  graph: Graph,
  by: readonly string[],
  shapes: ReadonlyMap<string, Shape>,
): ReadonlySet<string> {
  const dependent = new Set(by);
  for (const node of graph.nodes)
    if (node.inputs.some((input) => dependent.has(input)))
      for (const output of node.outputs) if (shapes.has(output)) dependent.add(output);
  return dependent;
}

/** The sum of what flows back into a value from everything that reads it, made once. */
function total(parts: Map<string, string[]>, name: string, back: Backward): string | undefined {
  const [first, ...others] = parts.get(name) ?? [];
  if (first === undefined || others.length === 0) return first;
  const sum = back.emit('Sum', [first, ...others], back.shapeOf(first));
  parts.set(name, [sum]);
  return sum;
}

/** What a rule may ask about a node. */
function around({ graph }: Model, node: Node) {
  const constant = (input: number): readonly number[] | undefined => {
    const tensor = graph.initializers.get(node.inputs[input] ?? '');
    return tensor && (tensor.type === 'int64' || tensor.type === 'int32')
      ? integerValues(tensor)
      : undefined;
  };
  return { node, constant };
}

/** What a rule gives, or why it gives nothing. */
function attempt<T>(rule: () => T): T | string {
  try {
    return rule();
  } catch (error) {
    if (error instanceof NoGradient) return error.message;
    throw error;
  }
}

function refusal(refused: ReadonlyMap<string, number>): UnsupportedError {
  const ops = [...refused].map(([op, count]) => (count === 1 ? op : `${op} (${count} nodes)`));
  return new UnsupportedError(`nothing can be trained through ${ops.join(', ')}`, {
    hint: 'Layers behind the last of them, seen from the input, can be trained: name them alone.',
  });
}
