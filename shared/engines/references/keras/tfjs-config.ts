/**
 * The configuration of a Keras model of any version as tfjs-layers takes it, which follows Keras 2: or why
 * TensorFlow.js would compute something else.
 */
import { UnsupportedError } from '../../../base/errors.ts';
import { isList, isObject } from '../../../formats/keras/config.ts';
import type { Json, JsonObject } from '../../../formats/keras/layer.ts';
import {
  type CallTemplate,
  isModelEntry,
  type LayerConfig,
  type ModelConfig,
  parseLayer,
  parseModel,
  referencesOf,
  type Template,
  TensorReference,
} from '../../../formats/keras/model-config.ts';
import { refuseIgnored } from './ignored-options.ts';

/** Models inside of models (CWE-674). */
const MAX_NESTING = 40;

/** @throws UnsupportedError with what TensorFlow.js lacks or does in another way */
export function tfjsConfig(entry: Json, keras: 2 | 3): JsonObject {
  return modelEntry(parseModel(entry), keras, 0);
}

function modelEntry(model: ModelConfig, keras: 2 | 3, depth: number): JsonObject {
  if (depth > MAX_NESTING) refuse('models lie too deep inside of each other');
  const { kind, name, buildShape } = model;
  const nested = new Set(
    model.layers.filter(({ entry }) => isModelEntry(entry)).map((layer) => layer.name),
  );
  const layers = model.layers.map((layer) => ({
    ...layerEntry(layer, keras, depth),
    name: layer.name,
    ...(kind === 'functional' && {
      inbound_nodes: layer.calls.map((call) => inboundNode(call, layer, nested)),
    }),
  }));
  if (kind === 'sequential')
    return {
      class_name: 'Sequential',
      config: { name, layers, ...(buildShape !== undefined && { build_input_shape: buildShape }) },
    };
  return {
    class_name: 'Functional',
    config: {
      name,
      layers,
      input_layers: endsOf(model.inputs).map((end) => legacy(end, new Set())),
      output_layers: endsOf(model.outputs).map((end) => legacy(end, nested)),
    },
  };
}

function layerEntry(layer: LayerConfig, keras: 2 | 3, depth: number): JsonObject {
  if (isModelEntry(layer.entry)) return modelEntry(parseModel(layer.entry), keras, depth + 1);
  if (layer.isOperation || layer.custom !== undefined)
    refuse(`it has no layer "${layer.custom ?? layer.className}"`);
  refuseIgnored(layer, keras);
  const { className, config } = layer;
  const { layer: inner } = config;
  const wrapped =
    isObject(inner) && depth < MAX_NESTING
      ? { layer: layerEntry(parseLayer(inner), keras, depth + 1) }
      : {};
  return {
    class_name: className,
    config: { ...plainConfig(config, className), ...wrapped, name: layer.name },
  };
}

/** Without what matters in training alone, and in the words of Keras 2. */
function plainConfig(config: JsonObject, className: string): JsonObject {
  const plain: Record<string, Json> = {};
  for (const [key, value] of Object.entries(config)) {
    if (/_(regularizer|constraint)$|^(cell|backward_layer|build_config)$/.test(key)) continue;
    if (/^kernel_initializer$/.test(key) && className.startsWith('Separable')) continue;
    if (/_initializer$/.test(key)) plain[key] = { class_name: 'Zeros', config: {} };
    else if (key === 'dtype') plain.dtype = computeType(value);
    else if (key === 'batch_shape') plain.batch_input_shape = value;
    else if (/activation$/.test(key)) plain[key] = activationName(value);
    else if (key === 'axis' && isList(value) && value.length === 1) plain.axis = value[0] ?? -1;
    else if (key === 'negative_slope' && className === 'LeakyReLU') plain.alpha = value;
    else plain[key] = value;
  }
  return plain;
}

/** Layers compute in float32 here, as the converted model does, whatever they were trained with. */
function computeType(dtype: Json): Json {
  const policy = isObject(dtype) && isObject(dtype.config) ? (dtype.config.name ?? null) : dtype;
  return typeof policy === 'string' && /float16|float64/.test(policy) ? 'float32' : policy;
}

/** A name, or `{class_name, config}` of a function or of a layer without options. */
function activationName(value: Json): Json {
  const name = isObject(value)
    ? typeof value.config === 'string'
      ? value.config
      : (value.class_name ?? null)
    : value;
  return name === 'silu' ? 'swish' : name;
}

function inboundNode(
  { args, keywords }: CallTemplate,
  { name }: LayerConfig,
  nested: ReadonlySet<string>,
): Json {
  const given = Object.entries(keywords).filter(
    ([key, value]) => value !== null && key !== 'training',
  );
  if (given.length > 0)
    refuse(`it cannot call the layer "${name}" with ${given.map(([key]) => key).join(', ')}`);
  if (!args.every(isTensors)) refuse(`it cannot call the layer "${name}" with values`);
  return referencesOf(args as readonly Template[]).map((end) => legacy(end, nested));
}

const isTensors = (arg: Template): boolean =>
  arg instanceof TensorReference || (Array.isArray(arg) && arg.every(isTensors));

/** Of a nested model the first call has number 1: number 0 is its own construction. */
const legacy = ({ layer, call, output }: TensorReference, nested: ReadonlySet<string>): Json => [
  layer,
  nested.has(layer) ? call + 1 : call,
  output,
];

const endsOf = (ends: Template): readonly TensorReference[] => referencesOf(ends);

/** @throws UnsupportedError */
export function refuse(reason: string): never {
  throw new UnsupportedError(`TensorFlow.js does not run this model: ${reason}`);
}
