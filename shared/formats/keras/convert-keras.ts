/** Keras models to ONNX: configuration and weights, wherever they come from. */
import { ModelError } from '../../base/errors.ts';
import { type BuiltModel, buildModel } from '../build/build-model.ts';
import type { Builder } from '../build/builder.ts';
import type { Dim } from '../build/dims.ts';
import { Troubles } from '../build/troubles.ts';
import { describe, isList, isObject } from './config.ts';
import { entryOf } from './convert-layer.ts';
import { inputType, isHalf, policyName } from './dtype-policy.ts';
import { checkDepth } from './json-depth.ts';
import type { Json, JsonObject, LayerWeights } from './layer.ts';
import {
  isModelEntry,
  type LayerConfig,
  type ModelConfig,
  parseModel,
  referencesOf,
  type Template,
  TensorReference,
} from './model-config.ts';
import { ModelConversion, type Tensor } from './model-conversion.ts';
import { refusalOf } from './refusals.ts';

/** What {@link convertKeras} needs to know besides. */
export interface KerasOptions {
  /** Names the model in messages. */
  readonly title: string;
  readonly opset?: number | undefined;
  /** The major version that wrote the model; TensorFlow.js follows 2. */
  readonly keras: 2 | 3;
}

export interface ConvertedKeras extends BuiltModel {
  readonly notes: readonly string[];
}

/** Layers inside of layers that are looked through for classes without a conversion (CWE-674). */
const MAX_DEPTH = 40;

/**
 * Converts the model that a configuration describes (`{class_name, config}`). `weightsIn` gives the weights
 * as values of the graph that is being built.
 * @throws UnsupportedError that names all layers that cannot be converted, ModelError for a broken model
 */
export function convertKeras(
  config: Json,
  weightsIn: (b: Builder) => LayerWeights,
  { title, opset, keras }: KerasOptions,
): ConvertedKeras {
  checkDepth(config);
  const model = parseModel(config);
  const troubles = new Troubles(title);
  checkClasses(model, troubles, 0);
  troubles.check();
  const notes = new Set<string>();
  const built = buildModel(opset, (b) => {
    troubles.clear();
    notes.clear();
    const names = outputNames(model);
    const inputs = inputsOf(model).map((input) => makeInput(b, input, notes));
    const taken = names.map((name) => b.fresh(name));
    const conversion = new ModelConversion(b, troubles, keras, (text) => notes.add(text));
    const results = conversion.run(model, weightsIn(b), inputs);
    troubles.check();
    for (const [index, result] of results.entries())
      if (result) b.output(taken[index] ?? b.fresh(`output_${index}`), result.value);
  });
  return { ...built, notes: [...notes] };
}

/** Notes every layer, also those inside of nested models, whose class has no conversion. */
function checkClasses(model: ModelConfig, troubles: Troubles, depth: number): void {
  if (depth > MAX_DEPTH)
    throw new ModelError(`models lie more than ${MAX_DEPTH} deep inside of each other`);
  for (const layer of model.layers) {
    if (layer.className === 'InputLayer') continue;
    if (isModelEntry(layer.entry)) {
      checkClasses(parseModel(layer.entry), troubles, depth + 1);
    } else if (!entryOf(layer)) {
      const { reason, hint } = refusalOf(layer);
      troubles.add(layer.className, layer.name, reason, hint);
    }
  }
}

interface InputSpec {
  readonly name: string;
  readonly shape: Json | undefined;
  readonly config: JsonObject;
}

/** The inputs of a model, in its order. */
function inputsOf(model: ModelConfig): readonly InputSpec[] {
  const spec = (name: string, layer: LayerConfig, shape?: Json): InputSpec => ({
    name,
    config: layer.config,
    shape: layer.config.batch_shape ?? layer.config.batch_input_shape ?? shape,
  });
  if (model.kind === 'functional') {
    const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
    return referencesOf(model.inputs).map(({ layer: name }) => {
      const layer = byName.get(name);
      if (!layer) throw new ModelError(`the model has no layer "${name}", which is an input of it`);
      return spec(name, layer);
    });
  }
  const [first] = model.layers;
  if (!first) throw new ModelError(`the model "${model.name}" has no layers`);
  if (first.className === 'InputLayer') return [spec(first.name, first)];
  if (isModelEntry(first.entry)) return inputsOf(parseModel(first.entry));
  const { build_config: built } = first.entry;
  const shape = model.buildShape ?? (isObject(built) ? built.input_shape : undefined);
  const isEmbedding = first.className === 'Embedding';
  const { dtype, ...config } = first.config;
  return [
    spec(
      `${first.name}_input`,
      { ...first, config: isEmbedding || dtype === undefined ? config : { ...config, dtype } },
      shape,
    ),
  ];
}

function makeInput(b: Builder, { name, shape, config }: InputSpec, notes: Set<string>): Tensor {
  const policy = policyName(config);
  const type = inputType(policy?.replace(/^mixed_b?float16$/, 'float32'));
  if (!type) throw new ModelError(`the input "${name}" has the type ${describe(policy)}`);
  if (config.ragged === true || config.sparse === true)
    throw new ModelError(`the input "${name}" is ${config.ragged === true ? 'ragged' : 'sparse'}`, {
      hint: 'Save the model with a dense input.',
    });
  if (isHalf(policy)) notes.add(`The input "${name}" is float32 instead of ${policy}.`);
  if (!isList(shape))
    throw new ModelError(
      `the model was saved before it was built: no shape of its input "${name}" is in the file`,
      {
        hint: 'Call the model once, or give it an Input layer, and save it again.',
      },
    );
  const dims = shape.map((size, axis): Dim => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size;
    if (size !== null && size !== -1)
      throw new ModelError(`the input "${name}" has the shape ${describe(shape)}`);
    return axis === 0 ? 'batch' : `${name}_dim${axis}`;
  });
  return { value: b.input(name, type, dims), mask: undefined };
}

/** Keys of dictionaries, else the names of the layers that give the outputs. */
function outputNames(model: ModelConfig): readonly string[] {
  if (model.kind === 'sequential') {
    const last = model.layers.at(-1);
    if (!last) return [];
    return isModelEntry(last.entry) ? outputNames(parseModel(last.entry)) : [last.name];
  }
  return namesIn(model.outputs);
}

function namesIn(ends: Template, key?: string): readonly string[] {
  if (ends instanceof TensorReference) return [key ?? ends.layer];
  if (typeof ends !== 'object' || ends === null) return [];
  if (Array.isArray(ends)) return ends.flatMap((item: Template) => namesIn(item));
  return Object.entries(ends).flatMap(([name, item]) => namesIn(item, name));
}
