/** Values that depend on no input, computed by onnxruntime: the evaluator of constant folding. */
import { DefectError, UnsupportedError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Attribute, Graph, Model, Node } from '../onnx/model.ts';
import { readNames } from '../onnx/rewrite-node.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { isTensorType } from '../onnx/tensor-data.ts';
import { needsStandIn, standInAttribute } from './infer/stand-in.ts';
import { inferTypes } from './infer-types.ts';
import { openSession, type SessionOptions } from './session.ts';

export interface EvaluateOptions extends Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> {
  /** For the constant part of a body: the graphs around `model.graph`, outermost first. */
  readonly around?: readonly Graph[];
}

/**
 * Computes values of `model.graph` (a body may stand there, see `around`), running only the nodes that
 * they need, without optimization. Whether it is right to fold a node (random ops, size) is the
 * caller's to know.
 *
 * @throws DefectError when a value depends on an input or is not defined, UnsupportedError when one is
 *   of a type that onnxruntime-node cannot pass (int4, bfloat16 …), ToolError when a node fails.
 */
export async function evaluateConstants(
  model: Model,
  values: readonly string[],
  { around = [], ...options }: EvaluateOptions = {},
): Promise<ReadonlyMap<string, Tensor>> {
  const part = constantPart(model, [...around, model.graph], values);
  if (usesUnusualTypes(part.graph)) await refuseUnusualOutputs(part, values, options);
  await using session = await openSession(part, { ...options, optimization: 'disabled' });
  const results = await session.run({});
  return new Map(
    values.map((name) => {
      const result = results[name];
      if (!result) throw new DefectError(`value '${name}' was not computed`);
      return [name, result];
    }),
  );
}

/** A model of the nodes and initializers that the values need, without inputs. */
function constantPart(model: Model, scopes: readonly Graph[], values: readonly string[]): Model {
  const producers = new Map<string, Node>();
  const initializers = new Map<string, StoredTensor>();
  const order = scopes.flatMap(({ nodes }) => nodes);
  for (const scope of scopes) {
    for (const [name, tensor] of scope.initializers) initializers.set(name, tensor);
    for (const node of scope.nodes) for (const output of node.outputs) producers.set(output, node);
  }
  const sparse = new Map(
    scopes.flatMap(({ sparseInitializers }) =>
      sparseInitializers.map((tensor) => [tensor.values.name, tensor]),
    ),
  );
  // From IR 4 on an initializer that is listed as an input is a default, not a constant.
  const replaceable = new Set(
    model.irVersion < 4 ? [] : scopes.flatMap(({ inputs }) => inputs.map(({ name }) => name)),
  );
  const nodes = new Set<Node>();
  const needed = new Set<string>();
  const open = [...values];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const producer = producers.get(name);
    if (producer) {
      nodes.add(producer);
      open.push(...readNames(producer));
    } else if (replaceable.has(name) || !(initializers.has(name) || sparse.has(name)))
      throw new DefectError(`value '${name}' is not constant`);
  }
  return {
    ...model,
    irVersion: Math.max(model.irVersion, 4),
    graph: {
      name: 'constants',
      nodes: order.filter((node) => nodes.has(node)),
      initializers: new Map([...initializers].filter(([name]) => needed.has(name))),
      sparseInitializers: [...sparse].flatMap(([name, tensor]) =>
        needed.has(name) ? [tensor] : [],
      ),
      inputs: [],
      outputs: values.map((name) => ({ name, type: null })),
      valueInfo: new Map(),
    },
  };
}

/** Whether a value may be of a type that must not become an output: it takes one to make one. */
function usesUnusualTypes(graph: Graph): boolean {
  return (
    [...graph.initializers.values()].some(({ type }) => needsStandIn(type)) ||
    graph.nodes.some((node) => [...node.attributes].some(([name, value]) => isUnusual(name, value)))
  );
}

function isUnusual(name: string, attribute: Attribute): boolean {
  switch (attribute.type) {
    case 'tensor':
      return needsStandIn(attribute.value.type);
    case 'graph':
      return usesUnusualTypes(attribute.value);
    case 'graphs':
      return attribute.value.some(usesUnusualTypes);
    default:
      return standInAttribute(name, attribute) !== attribute;
  }
}

async function refuseUnusualOutputs(
  part: Model,
  values: readonly string[],
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'>,
): Promise<void> {
  const types = await inferTypes(part, options);
  for (const name of values) {
    const type = types.get(part.graph, name);
    if (type?.kind === 'tensor' && isTensorType(type.elementType)) continue;
    const what = type?.kind === 'tensor' ? type.elementType : 'of an unknown type';
    throw new UnsupportedError(`value '${name}' is ${what}, which onnxruntime-node cannot pass`);
  }
}
