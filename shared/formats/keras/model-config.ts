/** The configuration of a Keras model as its layers and their calls, whichever version wrote it. */
import { ModelError, UnsupportedError } from '../../base/errors.ts';
import { describe, isList, isObject } from './config.ts';
import type { Json, JsonObject } from './layer.ts';

/** One output of one call of a layer. */
export class TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;

  constructor(layer: string, call: number, output: number) {
    this.layer = layer;
    this.call = call;
    this.output = output;
  }
}

/** What a layer is called with, tensors still being references. */
export type Template =
  | TensorReference
  | null
  | boolean
  | number
  | string
  | readonly Template[]
  | { readonly [key: string]: Template };

export interface CallTemplate {
  readonly args: readonly Template[];
  readonly keywords: { readonly [name: string]: Template };
}

/** A layer of a model, with all of its calls. */
export interface LayerConfig {
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  /** A node of `keras.ops`, not a layer. */
  readonly isOperation: boolean;
  /** The name under which a class of the user's own is registered. */
  readonly custom: string | undefined;
  /** The entry as it stands in the file: what nested models are parsed from. */
  readonly entry: JsonObject;
  readonly calls: readonly CallTemplate[];
}

/** A model, or a model that is a layer. */
export interface ModelConfig {
  readonly kind: 'sequential' | 'functional';
  readonly name: string;
  readonly layers: readonly LayerConfig[];
  /** Of a functional model, nested as the user nested them. */
  readonly inputs: Template;
  readonly outputs: Template;
  /** Of a Sequential model without an input layer. */
  readonly buildShape: Json | undefined;
}

/** Layers of a model: the largest known models have a few thousand (CWE-400). */
const MAX_LAYERS = 100_000;

/** How deep arguments may be nested (CWE-674). */
const MAX_DEPTH = 64;

const MODEL_CLASSES = new Set(['Functional', 'Model', 'Sequential']);

/** Whether an entry of a configuration is a model whose layers are written out. */
export function isModelEntry(entry: Json | undefined): boolean {
  if (!isObject(entry) || typeof entry.class_name !== 'string') return false;
  if (MODEL_CLASSES.has(entry.class_name)) return true;
  // A class of the user's own that is built from inputs and outputs is written like a functional model.
  const { config } = entry;
  return isObject(config) && isList(config.layers) && 'input_layers' in config;
}

/** @throws ModelError for what is no model, UnsupportedError for one that does not say of which layers it is made */
export function parseModel(entry: Json | undefined): ModelConfig {
  if (!isObject(entry)) throw new ModelError('the configuration of the model is no dictionary');
  const { config, class_name: className } = entry;
  const inner: JsonObject | undefined = isList(config)
    ? { layers: config }
    : isObject(config)
      ? config
      : undefined;
  if (!inner || !isList(inner.layers))
    throw new UnsupportedError(
      `the file does not say of which layers the model is made: its class is ${describe(className)}`,
      {
        hint: 'A subclassed model is Python code: export it as a SavedModel (model.export(FOLDER)) and convert that.',
      },
    );
  if (inner.layers.length > MAX_LAYERS)
    throw new ModelError(`the model claims to have ${inner.layers.length} layers`);
  const isSequential = className === 'Sequential' || !('input_layers' in inner);
  const name = typeof inner.name === 'string' ? inner.name : isSequential ? 'sequential' : 'model';
  const layers = inner.layers.map(parseLayer);
  return {
    kind: isSequential ? 'sequential' : 'functional',
    name,
    layers: isSequential ? layers : countedFromZero(layers, inner),
    inputs: parseEnds(inner.input_layers),
    outputs: isSequential ? null : countedEnds(parseEnds(inner.output_layers), layers),
    buildShape:
      inner.build_input_shape ??
      (isObject(entry.build_config) ? entry.build_config.input_shape : undefined),
  };
}

/** A layer or model as it stands in a configuration. @throws ModelError when it has no class or name */
export function parseLayer(entry: Json): LayerConfig {
  if (!isObject(entry) || typeof entry.class_name !== 'string')
    throw new ModelError(`a layer of the model has no class: ${describe(entry)}`);
  const config: JsonObject = isObject(entry.config)
    ? entry.config
    : isList(entry.config)
      ? { layers: entry.config }
      : {};
  const name = entry.name ?? config.name ?? entry.class_name.toLowerCase();
  if (typeof name !== 'string') throw new ModelError(`a layer has the name ${describe(name)}`);
  const module = typeof entry.module === 'string' ? entry.module : '';
  const className = entry.class_name;
  // Legacy files give operations no module; layers have a policy or say whether they are trained.
  const isOperation =
    /^keras\.(src\.)?ops\b/.test(module) ||
    (module === '' &&
      Object.keys(config).length === 1 &&
      'name' in config &&
      isList(entry.inbound_nodes) &&
      entry.inbound_nodes.some(isObject));
  return {
    className: className.slice(className.lastIndexOf('>') + 1),
    name,
    config,
    isOperation,
    custom: customName(entry, className, module),
    entry,
    calls: isList(entry.inbound_nodes) ? entry.inbound_nodes.map(parseCall) : [],
  };
}

/** Classes of Keras stand in modules of Keras; those of users have a package, or another module. */
function customName(entry: JsonObject, className: string, module: string): string | undefined {
  const registered = entry.registered_name;
  if (typeof registered === 'string' && registered.includes('>')) return registered;
  if (className.includes('>')) return className;
  const isKeras = module === '' || /^(keras|tf_keras|tensorflow\.keras|builtins)\b/.test(module);
  return isKeras ? undefined : typeof registered === 'string' ? registered : className;
}

/** Ends of a functional model: `["name", 0, 0]`, a list of such, or a dictionary. */
function parseEnds(ends: Json | undefined): Template {
  return ends === undefined ? [] : parseNested(ends, 0, (item) => legacyReference(item));
}

function legacyReference(item: Json): TensorReference | undefined {
  if (!isList(item) || item.length < 3) return undefined;
  const [layer, call, output] = item;
  return typeof layer === 'string' && Number.isSafeInteger(call) && Number.isSafeInteger(output)
    ? new TensorReference(layer, call as number, output as number)
    : undefined;
}

function kerasTensor(item: Json): TensorReference | undefined {
  if (!isObject(item) || item.class_name !== '__keras_tensor__') return undefined;
  const history = isObject(item.config) ? item.config.keras_history : undefined;
  return legacyReference(history ?? null);
}

/** The structure of `value`, what `leaf` recognises replaced. */
function parseNested(
  value: Json,
  depth: number,
  leaf: (item: Json) => TensorReference | undefined,
): Template {
  if (depth > MAX_DEPTH) throw new ModelError('the arguments of a layer are nested too deeply');
  const found = leaf(value);
  if (found) return found;
  if (isList(value)) return value.map((item) => parseNested(item, depth + 1, leaf));
  if (!isObject(value)) return value;
  // Tuples, dtypes, slices and the like keep their dictionary; their contents are looked through.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, parseNested(item, depth + 1, leaf)]),
  );
}

/** Of Keras 3 `{args, kwargs}`; of Keras 2 a list of `[layer, call, output, keywords]`, or one such. */
function parseCall(node: Json): CallTemplate {
  if (isObject(node)) {
    const args = parseNested(node.args ?? [], 0, kerasTensor);
    const keywords = parseNested(node.kwargs ?? {}, 0, kerasTensor);
    return {
      args: Array.isArray(args) ? args : [args],
      keywords: isPlain(keywords) ? keywords : {},
    };
  }
  if (!isList(node)) throw new ModelError(`a call of a layer is ${describe(node)}`);
  const items = typeof node[0] === 'string' ? [node] : node;
  const tensors: Template[] = [];
  const keywords: Record<string, Template> = {};
  for (const item of items) {
    const named =
      isObject(item) || isConstant(item)
        ? parseNested(isConstant(item) ? (item[2] ?? null) : item, 0, legacyReference)
        : legacyReference(item);
    if (named === undefined) throw new ModelError(`a layer is called with ${describe(item)}`);
    tensors.push(named);
    const extra = isList(item) ? item[3] : undefined;
    if (isObject(extra)) {
      for (const [key, value] of Object.entries(extra))
        keywords[key] = parseNested(value, 0, legacyReference);
    }
  }
  return { args: tensors.length === 1 ? tensors : [tensors], keywords };
}

/** What stands in the place of a tensor when the first argument of a TensorFlow function is none. */
const isConstant = (item: Json): item is readonly Json[] =>
  isList(item) && item[0] === '_CONSTANT_VALUE';

const isPlain = (value: Template): value is { readonly [key: string]: Template } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof TensorReference);

/** All references in a template. */
export function referencesOf(template: Template): readonly TensorReference[] {
  if (template instanceof TensorReference) return [template];
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(referencesOf);
}

/** With every reference replaced. */
function mapReferences(
  template: Template,
  change: (item: TensorReference) => TensorReference,
): Template {
  if (template instanceof TensorReference) return change(template);
  if (Array.isArray(template)) return template.map((item) => mapReferences(item, change));
  if (!isPlain(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, item]) => [key, mapReferences(item, change)]),
  );
}

/**
 * A nested model may count its own construction as call 0, so that the model's first call of it is number
 * 1; whether it does depends on the version. Every call that is written is used, so the highest number tells.
 */
function shiftOf(
  layers: readonly LayerConfig[],
  used: readonly TensorReference[],
): (item: TensorReference) => TensorReference {
  const highest = new Map<string, number>();
  for (const { layer, call } of used) highest.set(layer, Math.max(call, highest.get(layer) ?? 0));
  const shifted = new Set(
    layers
      .filter(
        ({ entry, calls, name }) => isModelEntry(entry) && (highest.get(name) ?? 0) >= calls.length,
      )
      .map(({ name }) => name),
  );
  return (item) =>
    shifted.has(item.layer)
      ? new TensorReference(item.layer, Math.max(0, item.call - 1), item.output)
      : item;
}

function countedFromZero(
  layers: readonly LayerConfig[],
  inner: JsonObject,
): readonly LayerConfig[] {
  const inCalls = layers.flatMap(({ calls }) =>
    calls.flatMap(({ args, keywords }) => [...referencesOf(args), ...referencesOf(keywords)]),
  );
  // Lists of Keras 2 count calls and ends alike.
  const isLegacy = layers.some(
    ({ entry }) => isList(entry.inbound_nodes) && entry.inbound_nodes.some(isList),
  );
  const ends = isLegacy ? referencesOf(parseEnds(inner.output_layers)) : [];
  const shift = shiftOf(layers, [...inCalls, ...ends]);
  return layers.map((layer) => ({
    ...layer,
    calls: layer.calls.map(({ args, keywords }) => ({
      args: args.map((arg) => mapReferences(arg, shift)),
      keywords: Object.fromEntries(
        Object.entries(keywords).map(([key, item]) => [key, mapReferences(item, shift)]),
      ),
    })),
  }));
}

function countedEnds(ends: Template, layers: readonly LayerConfig[]): Template {
  const isLegacy = layers.some(
    ({ entry }) => isList(entry.inbound_nodes) && entry.inbound_nodes.some(isList),
  );
  const inCalls = isLegacy
    ? layers.flatMap(({ calls }) =>
        calls.flatMap(({ args, keywords }) => [...referencesOf(args), ...referencesOf(keywords)]),
      )
    : [];
  const functional = new Set(
    layers
      .filter(({ entry }) => entry.class_name !== 'Sequential' && isModelEntry(entry))
      .map(({ name }) => name),
  );
  // Keras 3 counts the construction of functional models in ends only, and always.
  const shift = isLegacy
    ? shiftOf(layers, [...inCalls, ...referencesOf(ends)])
    : (item: TensorReference): TensorReference =>
        functional.has(item.layer)
          ? new TensorReference(item.layer, Math.max(0, item.call - 1), item.output)
          : item;
  return mapReferences(ends, shift);
}
