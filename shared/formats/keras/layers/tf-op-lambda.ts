/**
 * TensorFlow functions inside functional models of Keras 2 (`TFOpLambda`), each as the operation of Keras 3
 * that means the same, with TensorFlow's names for its arguments.
 */
import { cast } from '../../build/cast.ts';
import { stack } from '../../build/join.ts';
import { reshape } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { textOf } from '../config.ts';
import type { Argument, Json, LayerCall, LayerResult, LayerTable } from '../layer.ts';
import { OperationCall } from './operations-call.ts';
import { getItem } from './operations-index.ts';
import { type LambdaRule, lambdaRule } from './tf-op-lambda-rules.ts';

/** Namespaces whose functions work on tensors of numbers; those of strings, sparse and ragged tensors do not. */
const NAMESPACES =
  /^(tf\.)?(compat\.v1\.)?(math|nn|linalg|image|bitwise|__operators__|keras\.activations|keras\.backend)?\.?(\w+)$/;

/** The name of a function within its namespace. */
function plainName(name: string): string | undefined {
  return NAMESPACES.exec(name)?.[4];
}

/** One use of a function as a use of an operation. */
function asOperation(call: LayerCall, rule: LambdaRule): LayerCall {
  const { keywords, args } = call;
  const [first = null] = args;
  const operands = rule.operands.map((names, at): Argument => {
    // Older namespaces have other names.
    const name = names.split('|').find((one) => keywords[one] !== undefined);
    return (name === undefined ? undefined : keywords[name]) ?? (at === 0 ? first : null);
  });
  const config: Record<string, Json> = { name: call.name, ...rule.fixed };
  const options: Record<string, Argument> = {};
  for (const [name, from] of Object.entries(rule.options ?? {})) {
    const value = keywords[from];
    if (value === undefined || value === null) continue;
    options[name] = rule.isSpatial ? spatialPart(value, operands) : value;
  }
  for (const [name, refused] of Object.entries(rule.refused ?? {})) {
    const value = keywords[name];
    if (value !== undefined && value !== null && value !== refused)
      throw new Unconvertible(`its "${name}" is ${JSON.stringify(value)}`);
  }
  return {
    ...call,
    className: rule.name,
    config: { ...config, ...jsonOf(options) },
    keywords: options,
    args: operands,
    inputs: operands.flatMap((operand) => (operand instanceof Value ? [operand] : [])),
  };
}

/** Strides `[1, h, w, 1]` are `[h, w]`. */
function spatialPart(value: Argument, [x]: readonly Argument[]): Argument {
  if (!Array.isArray(value) || !(x instanceof Value)) return value;
  const list: readonly Argument[] = value;
  return list.length === x.rank ? list.slice(1, -1) : list.length === 1 ? (list[0] ?? null) : list;
}

/** Options that are plain JSON: operations and the layers behind them read both places. */
const jsonOf = (options: Readonly<Record<string, Argument>>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, Json] => isJson(entry[1])),
  );

function isJson(value: Argument): value is Json {
  if (value instanceof Value) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isJson);
}

/** A shape of numbers and of sizes that are computed, as a vector. */
function sizesValue({ b }: LayerCall, shape: Argument | undefined): Value {
  if (shape instanceof Value) return shape;
  if (!Array.isArray(shape)) throw new Unconvertible('it is called without a shape');
  const items = shape.map((item: Argument) => {
    if (item instanceof Value) return cast(b, item, 'int32');
    if (typeof item === 'number') return b.scalar(item, 'int32');
    throw new Unconvertible('one of its sizes is no number');
  });
  return stack(b, items);
}

const inputOf = ({ inputs }: LayerCall): Value => {
  const [x] = inputs;
  if (x) return x;
  throw new Unconvertible('it is called without a tensor');
};

/** Functions that no operation of Keras means. */
const OWN: Readonly<Record<string, (call: LayerCall) => Value | LayerResult>> = {
  reshape: (call) => reshape(call.b, inputOf(call), sizesValue(call, call.keywords.shape)),
  shape: (call) => {
    const type = new OperationCall(call).type('out_type', 'int32');
    return shapeOf(call.b, inputOf(call), type);
  },
  rank: (call) => call.b.scalar(inputOf(call).rank, 'int32'),
};

function tfOpLambda(call: LayerCall): Value | LayerResult {
  const full = textOf(call.config, 'function');
  const name = plainName(full);
  const own = name !== undefined && Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  if (own) return own(call);
  const rule = name === undefined ? undefined : lambdaRule(name);
  if (!rule)
    throw new Unconvertible(`the function tf.${full.replace(/^tf\./, '')} has no conversion`);
  const made = rule.convert(asOperation(call, rule));
  return rule.finish && made instanceof Value ? rule.finish(call.b, made, call) : made;
}

export const TF_OP_LAMBDA: LayerTable = {
  TFOpLambda: tfOpLambda,
  SlicingOpLambda: (call) => getItem(call.b, inputOf(call), call.keywords.slice_spec ?? null),
};
