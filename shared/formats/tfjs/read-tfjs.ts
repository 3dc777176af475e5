/** TensorFlow.js: graph-models and layers-models, a model.json with its weights in shards beside it. */
import { InputError, ModelError } from '../../base/errors.ts';
import type { OpenFile } from '../../onnx/byte-source.ts';
import type { BuiltModel } from '../build/build-model.ts';
import { isObject } from '../keras/config.ts';
import { convertKeras } from '../keras/convert-keras.ts';
import type { JsonObject } from '../keras/layer.ts';
import { namedWeights } from '../keras/named-weights.ts';
import type { ReadOptions, ReadSource } from '../source-model.ts';
import { convertGraph } from '../tf/convert-graph.ts';
import { cutGraph } from '../tf/cut-graph.ts';
import { graphOf } from './graph.ts';

import { hasLayers, layersTopology } from './layers.ts';
import { readModelJson } from './model-json.ts';
import { ShardFiles } from './shards.ts';
import { readWeights } from './weights.ts';

/** Reads a model.json, or the one in a folder. */
export const readTfjs: ReadSource = async (path, options) => {
  const { json, folder } = readModelJson(path, options.shown, options.open);
  const files = new ShardFiles(folder, options.open);
  try {
    const { model, origins, types, notes = [] } = convertModelJson(json, files, options);
    return {
      model,
      producer: producerOf(json),
      origins,
      types,
      notes,
      [Symbol.dispose]: () => files.close(),
    };
  } catch (error) {
    files.close();
    throw error;
  }
};

/** model.json and all shards that it names: what the model is made of. @throws as {@link readTfjs} does */
export async function tfjsFiles(path: string, open?: OpenFile): Promise<readonly string[]> {
  const { json, path: file, folder } = readModelJson(path, path, open);
  const files = new ShardFiles(folder, open);
  try {
    readWeights(json.weightsManifest, files);
    return [file, ...files.paths];
  } finally {
    files.close();
  }
}

/** A model, and what was odd about its source. */
export interface Built extends BuiltModel {
  readonly notes?: readonly string[];
}

/** A model.json whose shards are among `files`. @throws as {@link readTfjs} does */
export function convertModelJson(json: JsonObject, files: ShardFiles, options: ReadOptions): Built {
  const { modelTopology } = json;
  if (isObject(modelTopology) && Array.isArray(modelTopology.node)) {
    const whole = graphOf(json, readWeights(json.weightsManifest, files));
    const graph = cutGraph(whole, options, options.shown);
    return convertGraph(graph, { opset: options.opset, title: options.shown });
  }
  if (hasLayers(modelTopology)) return buildLayers(json, files, options);
  throw new ModelError(`${options.shown} holds neither a graph nor layers`, {
    hint: 'Its modelTopology has a list "node" (graph-model) or a "model_config" (layers-model).',
  });
}

function buildLayers(json: JsonObject, files: ShardFiles, options: ReadOptions): Built {
  for (const option of ['inputs', 'outputs'] as const)
    if (options[option])
      throw new InputError(`"${option}" means nothing for a layers-model`, {
        where: options.shown,
        hint: 'It cuts graphs: graph-models of TensorFlow.js, SavedModels, frozen graphs.',
      });
  const { config, keras } = layersTopology(json.modelTopology);
  const weights = [...readWeights(json.weightsManifest, files).values()];
  return convertKeras(config, (b) => namedWeights(b, weights), {
    title: options.shown,
    opset: options.opset,
    keras,
  });
}

/** "TensorFlow 2.11.0" or "Keras 2.4.0", with the converter's version. */
function producerOf({ generatedBy, convertedBy, modelTopology }: JsonObject): string {
  const maker = typeof generatedBy === 'string' ? generatedBy : '';
  const converter = typeof convertedBy === 'string' ? convertedBy : '';
  const layers = isObject(modelTopology) ? modelTopology.keras_version : undefined;
  const name = /^[\d.]+/.test(maker) ? `TensorFlow ${maker}` : maker || String(layers ?? '');
  return [name, converter].filter(Boolean).join(', ');
}
