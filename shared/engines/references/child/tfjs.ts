/** TensorFlow.js on its CPU backend: graph-models, layers-models, and Keras models as such. */
import { isObject } from '../../../formats/keras/config.ts';
import { readModelJson } from '../../../formats/tfjs/model-json.ts';
import type { LayersModel, PortNames } from './protocol.ts';
import type { Runner } from './runner.ts';
import { setLayerArrays } from './set-weights.ts';
import { readArtifacts, type TfjsArtifacts } from './tfjs-artifacts.ts';
import { type GraphModel, graphRunner } from './tfjs-graph.ts';
import { layersRunner, type TfjsLayersLibrary, type TfjsLayersModel } from './tfjs-layers.ts';
import { layersArtifacts } from './tfjs-layers-artifacts.ts';

/** What is used of the library. */
interface Tfjs extends TfjsLayersLibrary {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  loadGraphModel(handler: LoadHandler): Promise<GraphModel>;
  loadLayersModel(handler: LoadHandler): Promise<TfjsLayersModel>;
}

interface LoadHandler {
  load(): Promise<TfjsArtifacts>;
}

/** Loads the model.json at `path`. */
export async function openTfjs(library: unknown, path: string, ports: PortNames): Promise<Runner> {
  const tf = await start(library);
  const { modelTopology } = readModelJson(path).json;
  const artifacts = readArtifacts(path);
  if (isObject(modelTopology) && Array.isArray(modelTopology.node)) {
    const model = await tf.loadGraphModel({ load: async () => artifacts });
    return graphRunner(tf, model, ports);
  }
  const fitting = layersArtifacts(artifacts);
  return layersRunner(tf, await tf.loadLayersModel({ load: async () => fitting }), ports);
}

/** Builds a Keras model and gives its layers their weights. */
export async function openTfjsLayers(
  library: unknown,
  { config, weights }: LayersModel,
  ports: PortNames,
): Promise<Runner> {
  const tf = await start(library);
  const modelTopology = { model_config: config };
  const model = await tf.loadLayersModel({
    load: async () => ({ modelTopology, format: 'layers-model' }),
  });
  setLayerArrays(tf, model.layers, weights);
  return layersRunner(tf, model, ports);
}

async function start(library: unknown): Promise<Tfjs> {
  const module = library as { default?: unknown };
  const tf = ('loadGraphModel' in module ? module : module.default) as Tfjs;
  await tf.setBackend('cpu');
  await tf.ready();
  return tf;
}
