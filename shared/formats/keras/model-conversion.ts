/** A Keras model layer by layer: the calls that its outputs need, each once, and models inside of it. */
import { ModelError } from '../../base/errors.ts';
import type { Builder } from '../build/builder.ts';
import type { Troubles } from '../build/troubles.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { Value } from '../build/value.ts';
import { pathName } from './class-path.ts';
import { isObject } from './config.ts';
import { convertLayer } from './convert-layer.ts';
import type { Argument, InnerCall, Json, LayerResult, LayerWeights } from './layer.ts';
import {
  isModelEntry,
  type LayerConfig,
  type ModelConfig,
  parseLayer,
  parseModel,
  referencesOf,
  type Template,
  TensorReference,
} from './model-config.ts';
import { keyOf, neededCalls } from './needed-calls.ts';

/** A tensor, and which of its steps count. */
export interface Tensor {
  readonly value: Value;
  readonly mask: Value | undefined;
}

/** Stands for what could not be converted, or hangs on it; why is noted already. */
const LOST = Symbol('lost');

/** Models inside of models (CWE-674); known ones go four levels deep. */
const MAX_NESTING = 40;

/** Something inside a nested model is noted already. Thrown and caught in this folder alone. */
class LostInside extends Error {}

type Results = Map<string, readonly Tensor[] | typeof LOST>;

/** What a nested structure of tensors looks like once layers have run. */
type Nested = Tensor | Argument | readonly Nested[] | { readonly [key: string]: Nested };

/** The weights of each layer of a model: by its place among those of its class, and by its name. */
type WeightsByLayer = ReadonlyMap<string, LayerWeights>;

/** Converts the model of a file and those inside of it; what stands in the way is noted in `troubles`. */
export class ModelConversion {
  readonly #b: Builder;
  readonly #troubles: Troubles;
  readonly #keras: 2 | 3;
  readonly #note: (text: string) => void;
  #depth = 0;

  constructor(b: Builder, troubles: Troubles, keras: 2 | 3, note: (text: string) => void) {
    this.#b = b;
    this.#troubles = troubles;
    this.#keras = keras;
    this.#note = note;
  }

  /** Tensors of the model's outputs in their order; `undefined` for what is lost. */
  run(
    model: ModelConfig,
    weights: LayerWeights,
    inputs: readonly Tensor[],
  ): readonly (Tensor | undefined)[] {
    if (this.#depth >= MAX_NESTING)
      throw new ModelError(`models lie more than ${MAX_NESTING} deep inside of each other`);
    this.#depth++;
    try {
      const byLayer = weightsByLayer(model, weights);
      return model.kind === 'sequential'
        ? this.#runSequential(model, byLayer, inputs)
        : this.#runFunctional(model, byLayer, inputs);
    } finally {
      this.#depth--;
    }
  }

  #runSequential(
    model: ModelConfig,
    weights: WeightsByLayer,
    inputs: readonly Tensor[],
  ): readonly (Tensor | undefined)[] {
    let flow: readonly Tensor[] = inputs;
    for (const layer of model.layers) {
      if (layer.className === 'InputLayer') continue;
      const results = this.#convert(layer, weightsOf(weights, layer), {
        args: flow.length === 1 ? flow : [flow],
        keywords: {},
      });
      if (results === LOST) return [undefined];
      flow = results;
    }
    return flow;
  }

  #runFunctional(
    model: ModelConfig,
    weights: WeightsByLayer,
    inputs: readonly Tensor[],
  ): readonly (Tensor | undefined)[] {
    const results: Results = new Map();
    for (const [index, { layer }] of referencesOf(model.inputs).entries()) {
      const given = inputs[index];
      if (!given)
        throw new Unconvertible(`the model "${model.name}" is called with too few inputs`);
      results.set(`${layer}/0`, [given]);
    }
    const ends = referencesOf(model.outputs);
    for (const { layer, call, key } of neededCalls(model, results, ends)) {
      const args = call.args.map((arg) => resolve(arg, results));
      const keywords = Object.fromEntries(
        Object.entries(call.keywords).map(([name, arg]) => [name, resolve(arg, results)]),
      );
      const isLost = args.includes(LOST) || Object.values(keywords).includes(LOST);
      results.set(
        key,
        isLost
          ? LOST
          : this.#convert(layer, weightsOf(weights, layer), {
              args: args as readonly Nested[],
              keywords: keywords as { readonly [name: string]: Nested },
            }),
      );
    }
    return ends.map((end) => {
      const found = resolve(end, results);
      return found === LOST ? undefined : (found as Tensor);
    });
  }

  /** One call of a layer or model; what stands in the way is noted. */
  #convert(
    layer: LayerConfig,
    weights: LayerWeights,
    call: {
      readonly args: readonly Nested[];
      readonly keywords: { readonly [name: string]: Nested };
    },
  ): readonly Tensor[] | typeof LOST {
    try {
      return this.#b.within(this.#nameOf(layer), () => {
        const made = isModelEntry(layer.entry)
          ? this.#runInner(layer, weights, call.args)
          : this.#runLayer(layer, weights, call);
        const [first] = made;
        if (first) this.#b.trace(this.#nameOf(layer), first.value);
        return made;
      });
    } catch (error) {
      if (error instanceof LostInside) return LOST;
      if (!(error instanceof Unconvertible)) throw error;
      this.#troubles.add(layer.className, layer.name, error.message, error.hint);
      return LOST;
    }
  }

  #nameOf({ name }: LayerConfig): string {
    return this.#b.scope === '' ? name : `${this.#b.scope}/${name}`;
  }

  #runInner(layer: LayerConfig, weights: LayerWeights, args: readonly Nested[]): readonly Tensor[] {
    const model = parseModel(layer.entry);
    const results = this.run(model, weights, matchInputs(model, args));
    const kept = results.flatMap((result) => result ?? []);
    if (kept.length < results.length) throw new LostInside();
    return kept;
  }

  #runLayer(
    layer: LayerConfig,
    weights: LayerWeights,
    {
      args,
      keywords,
    }: { readonly args: readonly Nested[]; readonly keywords: { readonly [name: string]: Nested } },
  ): readonly Tensor[] {
    const { outputs, mask } = convertLayer(layer, {
      b: this.#b,
      weights,
      keras: this.#keras,
      note: this.#note,
      tensors: args.flatMap(tensorsOf),
      args: args.map(valuesOf),
      keywords: Object.fromEntries(
        Object.entries(keywords).map(([name, item]) => [name, valuesOf(item)]),
      ),
      keywordMasks: Object.fromEntries(
        Object.entries(keywords).map(([name, item]) => [
          name,
          isTensor(item) ? item.mask : undefined,
        ]),
      ),
      apply: (entry, inputs, inner, options) => this.#apply(entry, inputs, inner, options),
    });
    return outputs.map((value, index) => ({ value, mask: index === 0 ? mask : undefined }));
  }

  /** A layer that another one holds. */
  #apply(
    entry: Json | undefined,
    inputs: readonly Value[],
    weights: LayerWeights,
    { masks = [], keywords = {} }: InnerCall = {},
  ): LayerResult {
    if (!isObject(entry)) throw new Unconvertible('it holds no layer');
    const layer = parseLayer(entry);
    const tensors = inputs.map((value, index) => ({ value, mask: masks[index] }));
    if (this.#depth >= MAX_NESTING)
      throw new ModelError(`layers lie more than ${MAX_NESTING} deep inside of each other`);
    this.#depth++;
    try {
      const made = this.#b.within(this.#nameOf(layer), () =>
        isModelEntry(entry)
          ? this.#runInner(layer, weights, tensors)
          : this.#runLayer(layer, weights, { args: tensors, keywords }),
      );
      return { outputs: made.map(({ value }) => value), mask: made[0]?.mask };
    } finally {
      this.#depth--;
    }
  }
}

/** Layers have their weights by the count of their class so far; operations have none and count for nothing. */
function weightsByLayer(model: ModelConfig, weights: LayerWeights): WeightsByLayer {
  const counts = new Map<string, number>();
  const found = new Map<string, LayerWeights>();
  for (const layer of model.layers) {
    if (layer.isOperation) continue;
    const base = pathName(layer.className);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    found.set(
      layer.name,
      weights.child(`layers/${count === 0 ? base : `${base}_${count}`}`, layer.name),
    );
  }
  return found;
}

const NO_WEIGHTS: LayerWeights = { own: [], child: () => NO_WEIGHTS };

const weightsOf = (weights: WeightsByLayer, { name }: LayerConfig): LayerWeights =>
  weights.get(name) ?? NO_WEIGHTS;

/** The template with tensors in it; LOST when one of them is. */
function resolve(template: Template, results: Results): Nested | typeof LOST {
  if (template instanceof TensorReference) {
    const made = results.get(keyOf(template));
    if (made === LOST) return LOST;
    const tensor = made?.[template.output];
    if (tensor) return tensor;
    throw new ModelError(
      `output ${template.output} of the layer "${template.layer}" is read, and it has fewer`,
    );
  }
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    const items = template.map((item: Template) => resolve(item, results));
    return items.includes(LOST) ? LOST : (items as readonly Nested[]);
  }
  const entries = Object.entries(template).map(
    ([key, item]) => [key, resolve(item, results)] as const,
  );
  return entries.some(([, item]) => item === LOST)
    ? LOST
    : (Object.fromEntries(entries) as { readonly [key: string]: Nested });
}

const isTensor = (item: Nested): item is Tensor =>
  typeof item === 'object' &&
  item !== null &&
  'value' in item &&
  'mask' in item &&
  item.value instanceof Value;

function tensorsOf(item: Nested): readonly Tensor[] {
  if (item instanceof Value) return [{ value: item, mask: undefined }];
  if (isTensor(item)) return [item];
  return typeof item === 'object' && item !== null ? Object.values(item).flatMap(tensorsOf) : [];
}

function valuesOf(item: Nested): Argument {
  if (item instanceof Value) return item;
  if (isTensor(item)) return item.value;
  if (typeof item !== 'object' || item === null) return item;
  if (Array.isArray(item)) return item.map(valuesOf);
  return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, valuesOf(inner)]));
}

/** The tensors that a nested model is called with, in the order of its inputs. */
function matchInputs(model: ModelConfig, args: readonly Nested[]): readonly Tensor[] {
  const [first] = args;
  const wanted = model.inputs;
  if (
    first === undefined ||
    isTensor(first) ||
    typeof first !== 'object' ||
    first === null ||
    Array.isArray(first)
  )
    return args.flatMap(tensorsOf);
  const byKey = first as { readonly [key: string]: Nested };
  const keys =
    typeof wanted === 'object' &&
    wanted !== null &&
    !Array.isArray(wanted) &&
    !(wanted instanceof TensorReference)
      ? Object.keys(wanted)
      : referencesOf(wanted).map(({ layer }) => layer);
  if (!keys.every((key) => Object.hasOwn(byKey, key))) return args.flatMap(tensorsOf);
  return keys.flatMap((key) => tensorsOf(byKey[key] ?? null));
}
