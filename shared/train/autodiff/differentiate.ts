/** Reverse-mode automatic differentiation of a graph of ONNX ops into more ONNX ops. */
import { DefectError, UnsupportedError } from '../../base/errors.ts';
import type { Graph, Model, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { TakenNames } from '../../onnx/taken-names.ts';
import { integerValues, isTensorType, tensorOf } from '../../onnx/tensor-data.ts';
import type { Shape } from '../emitter.ts';
import { Backward } from './backward.ts';
import { neededFor, operandsOf } from './operands.ts';
import { type DifferentiateOptions, type Gradients, type Nested, NoGradient } from './rule.ts';
import { ruleOf } from './rules/gradient-rules.ts';
import { NOT_FIXED, OTHER_FLOAT } from './static-shapes.ts';

/** From here on ScatterElements can add. (Since 13 axes are inputs, and Softmax goes along one axis.) */
const LOWEST_OPSET = 16;

/**
 * Of a sorted graph of opset 16 or later, whose constants are initializers. Nothing flows through values without a
 * shape. What lies in front of an op without a rule is left out, also where it reaches the loss by another way: its
 * gradient would be a part of the true one.
 * @throws UnsupportedError with all ops in the way that have no rule, when they leave none of `by`
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
  const nested: Nested = (body, options) => {
    const initializers = new Map([...graph.initializers, ...body.initializers]);
    return differentiate({ ...model, graph: { ...body, initializers } }, { ...options, names });
  };
  const blocked = new Set<string>();
  const refused = new Map<string, number>();
  for (const node of graph.nodes.toReversed()) {
    const operands = operandsOf(node);
    const wanted = operands.filter((name) => dependent.has(name));
    const isBlocked = node.outputs.some((output) => blocked.has(output));
    const gradients = node.outputs.map((output) => total(parts, output, back));
    if (wanted.length === 0) continue;
    if (!isBlocked && gradients.every((gradient) => gradient === undefined)) continue;
    const needs = (operand: number): boolean => dependent.has(operands[operand] ?? '');
    const rule = ruleOf(node);
    const found =
      (rule ? obstacle(node, shapes) : node.opType) ??
      // Behind an obstacle others are looked for, but nothing is made.
      (isBlocked
        ? []
        : attempt(() => rule?.({ ...around(model, node), gradients, back, needs, nested })));
    if (typeof found === 'string') refused.set(found, (refused.get(found) ?? 0) + 1);
    if (typeof found === 'string' || isBlocked) {
      for (const name of wanted) blocked.add(name);
      continue;
    }
    found?.forEach((gradient, operand) => {
      const name = operands[operand] ?? '';
      if (gradient !== undefined && needs(operand))
        parts.set(name, [...(parts.get(name) ?? []), gradient]);
    });
  }
  const gradients = new Map(
    by.flatMap((name): [string, string][] => {
      const gradient = blocked.has(name) ? undefined : total(parts, name, back);
      return gradient === undefined ? [] : [[name, gradient]];
    }),
  );
  const inTheWay = [...refused].map(([op, count]) => (count === 1 ? op : `${op} (${count} nodes)`));
  if (gradients.size === 0 && inTheWay.length > 0) throw refusal(inTheWay);
  const forward = graph.nodes.map((node) => back.forward.get(node) ?? node);
  const nodes = [...forward, ...neededFor([...gradients.values()], back.nodes)];
  const read = new Set([...gradients.values(), ...nodes.flatMap(operandsOf)]);
  return {
    nodes,
    initializers: new Map([...back.initializers].filter(([name]) => read.has(name))),
    gradients,
    blocked: by.filter((name) => blocked.has(name)),
    inTheWay,
  };
}

const ONE = Float32Array.of(1);

/** Why nothing flows through a node that has a rule. */
function obstacle(node: Node, shapes: ReadonlyMap<string, Shape>): string | undefined {
  const own = [...node.inputs, ...node.outputs].map((name) => shapes.get(name));
  if (own.includes(NOT_FIXED)) return `${node.opType} of sizes that are not fixed`;
  return own.includes(OTHER_FLOAT) ? `${node.opType} in another type than float32` : undefined;
}

/** All values that change when one of `by` does. */
function dependentOn(
  graph: Graph,
  by: readonly string[],
  shapes: ReadonlyMap<string, Shape>,
): ReadonlySet<string> {
  const dependent = new Set(by);
  for (const node of graph.nodes)
    if (operandsOf(node).some((name) => dependent.has(name)))
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
function around({ graph, opsets }: Model, node: Node) {
  const tensorAt = (input: number) => graph.initializers.get(node.inputs[input] ?? '');
  const constant = (input: number): readonly number[] | undefined => {
    const tensor = tensorAt(input);
    return tensor && numbersOf(tensor);
  };
  return {
    node,
    opset: opsets.get('') ?? 0,
    constant,
    constantType: (input: number) => tensorAt(input)?.type,
  };
}

/** Of integers and float32. INT64_MAX, which stands for "to the end", is rounded. */
function numbersOf(tensor: StoredTensor): readonly number[] | undefined {
  const { type } = tensor;
  if (type === 'int4' || type === 'uint4') return integerValues(tensor);
  if (type === 'string' || type === 'float16' || !isTensorType(type)) return undefined;
  return Array.from(tensorOf(tensor).data, Number);
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

function refusal(inTheWay: readonly string[]): UnsupportedError {
  return new UnsupportedError(`nothing can be trained through ${inTheWay.join(', ')}`, {
    hint: 'No weight lies behind them. Variants that are made without training do not need this.',
  });
}
