/** One call of one layer: its arguments brought into the type that it computes in, and its table entry. */
import type { Builder } from '../build/builder.ts';
import { cast } from '../build/cast.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { Value } from '../build/value.ts';
import { computeType, isHalf, policyName } from './dtype-policy.ts';
import type { Argument, Layer, LayerCall, LayerResult, LayerWeights } from './layer.ts';
import { layerOf, operationOf } from './layer-table.ts';
import { passesMask } from './mask-passing.ts';
import type { LayerConfig } from './model-config.ts';
import { refusalOf } from './refusals.ts';

/** What a call is made of, besides the layer's configuration. */
export interface CallParts {
  readonly b: Builder;
  readonly weights: LayerWeights;
  readonly keras: 2 | 3;
  readonly note: (text: string) => void;
  readonly tensors: readonly { readonly value: Value; readonly mask: Value | undefined }[];
  readonly args: readonly Argument[];
  readonly keywords: { readonly [name: string]: Argument };
  readonly keywordMasks: { readonly [name: string]: Value | undefined };
  readonly apply: LayerCall['apply'];
}

/** The table entry of a layer or operation. */
export const entryOf = ({ className, isOperation, custom }: LayerConfig): Layer | undefined =>
  custom !== undefined ? undefined : isOperation ? operationOf(className) : layerOf(className);

/** @throws Unconvertible with what stands in the way */
export function convertLayer(
  layer: LayerConfig,
  parts: CallParts,
): LayerResult & { readonly mask: Value | undefined } {
  const convert = entryOf(layer);
  if (!convert) {
    const { reason, hint } = refusalOf(layer);
    throw new Unconvertible(reason, hint);
  }
  const { b, note } = parts;
  const policy = policyName(layer.config);
  if (isHalf(policy))
    note('It was made to compute in half precision; the converted model computes in float32.');
  const adapt = layer.isOperation ? (x: Value): Value => x : autocast(b, policy);
  const { mask: givenMask, training: _, ...keywords } = parts.keywords;
  const masks = parts.tensors.map(({ mask }, index) => explicitMask(givenMask, index) ?? mask);
  const made = convert({
    b,
    className: layer.className,
    name: layer.name,
    config: layer.config,
    weights: parts.weights,
    keras: parts.keras,
    inputs: parts.tensors.map(({ value }) => adapt(value)),
    masks,
    args: parts.args.map((arg) => mapValues(arg, adapt)),
    keywords: Object.fromEntries(
      Object.entries(keywords).map(([name, arg]) => [name, mapValues(arg, adapt)]),
    ),
    keywordMasks: parts.keywordMasks,
    apply: parts.apply,
    note,
  });
  const passed = passesMask(layer.className) ? masks.find((mask) => mask) : undefined;
  if (made instanceof Value) return { outputs: [made], mask: passed };
  return { outputs: made.outputs, mask: 'mask' in made ? made.mask : passed };
}

/** Layers cast what is a floating-point number, and nothing else, to the type of their policy. */
function autocast(b: Builder, policy: string | undefined): (x: Value) => Value {
  const wanted = computeType(policy);
  return (x) => (x.type.includes('float') && x.type !== wanted ? cast(b, x, wanted) : x);
}

function explicitMask(mask: Argument | undefined, index: number): Value | undefined {
  if (mask instanceof Value) return index === 0 ? mask : undefined;
  const item: Argument | undefined = Array.isArray(mask) ? mask[index] : undefined;
  return item instanceof Value ? item : undefined;
}

function mapValues(arg: Argument, change: (x: Value) => Value): Argument {
  if (arg instanceof Value) return change(arg);
  if (typeof arg !== 'object' || arg === null) return arg;
  if (Array.isArray(arg)) return arg.map((item: Argument) => mapValues(item, change));
  return Object.fromEntries(
    Object.entries(arg).map(([key, item]) => [key, mapValues(item, change)]),
  );
}
