/** The variables of a Keras model, layer by layer, as tfjs-layers orders them. */
import { Builder } from '../../../formats/build/builder.ts';
import type { Value } from '../../../formats/build/value.ts';
import { snakeCase } from '../../../formats/keras/class-path.ts';
import { isObject } from '../../../formats/keras/config.ts';
import type { Json, LayerWeights } from '../../../formats/keras/layer.ts';
import {
  isModelEntry,
  type LayerConfig,
  parseLayer,
  parseModel,
} from '../../../formats/keras/model-config.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import type { LayerArrays } from '../child/protocol.ts';
import { refuse } from './tfjs-config.ts';

/** Layers whose variables belong to a cell inside of them. */
const WITH_CELL = new Set(['LSTM', 'GRU', 'SimpleRNN', 'ConvLSTM2D']);

/** `weightsIn` gives the weights as values of a graph, which is not used otherwise. */
export function layerArrays(entry: Json, weightsIn: (b: Builder) => LayerWeights): LayerArrays {
  return ofModel(entry, weightsIn(Builder.root(17)));
}

/** As `model-conversion.ts` counts them: by the place among the layers of its class, and by name. */
function ofModel(entry: Json, weights: LayerWeights): LayerArrays {
  const counts = new Map<string, number>();
  const arrays: Record<string, LayerArrays | readonly Float32Array[]> = {};
  for (const layer of parseModel(entry).layers) {
    if (layer.isOperation) continue;
    const base = snakeCase(layer.className);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    const own = weights.child(`layers/${count === 0 ? base : `${base}_${count}`}`, layer.name);
    arrays[layer.name] = isModelEntry(layer.entry)
      ? ofModel(layer.entry, own)
      : variablesOf(layer, own).map(numbersOf);
  }
  return arrays;
}

function variablesOf(layer: LayerConfig, weights: LayerWeights): readonly Value[] {
  const { className, config } = layer;
  const inner = isObject(config.layer) ? parseLayer(config.layer) : undefined;
  if (className === 'Bidirectional' && inner)
    return ['forward', 'backward'].flatMap((direction) =>
      variablesOf(inner, weights.child(`${direction}_layer`, `${direction}_${inner.name}`)),
    );
  if (className === 'TimeDistributed' && inner)
    return variablesOf(inner, weights.child('layer', inner.name));
  if (WITH_CELL.has(className)) return weights.child('cell', `${snakeCase(className)}_cell`).own;
  return weights.own;
}

function numbersOf({ constant }: Value): Float32Array {
  if (!constant) return refuse('its weights are quantized');
  return floatValues(constant).slice();
}
