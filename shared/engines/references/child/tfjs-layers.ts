/** A layers-model of TensorFlow.js. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { PortNames } from './protocol.ts';
import { feedsInOrder, matchNames, type Runner } from './runner.ts';
import type { TfjsLayer } from './set-weights.ts';
import { fromTfjs, type TfjsTensor, type TfjsTensorMaker, toTfjs } from './tfjs-tensors.ts';

/** What is used of the library. */
export interface TfjsLayersLibrary extends TfjsTensorMaker {
  model(parts: { inputs: unknown; outputs: unknown[] }): TfjsLayersModel;
}

/** What is used of a layers-model. */
export interface TfjsLayersModel {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly layers: readonly (TfjsLayer & { readonly output: unknown })[];
  predict(inputs: TfjsTensor[], options: { batchSize: number }): TfjsTensor | TfjsTensor[];
}

/** A Sequential does not list the names of its ends: the layers that they come from do. */
interface SymbolicTensor {
  readonly sourceLayer: { readonly name: string };
}

/** Layers-models know their inputs and outputs by the names of layers. */
export function layersRunner(
  tf: TfjsLayersLibrary,
  model: TfjsLayersModel,
  ports: PortNames,
): Runner {
  const places = matchNames(ports.inputs, namesOf(model.inputs), 'inputs');
  const wanted = matchNames(ports.outputs, namesOf(model.outputs), 'outputs');
  const predict = async (
    predictor: TfjsLayersModel,
    feeds: NamedTensors,
    names: readonly string[],
    order: readonly number[],
  ): Promise<NamedTensors> => {
    const inputs: TfjsTensor[] = [];
    for (const [index, tensor] of feedsInOrder(feeds, ports.inputs).entries())
      inputs[places[index] ?? index] = toTfjs(tf, tensor);
    const batchSize = Math.max(1, inputs[0]?.shape[0] ?? 1);
    const results = [predictor.predict(inputs, { batchSize })].flat();
    for (const tensor of inputs) tensor.dispose();
    const outputs: Record<string, NamedTensors[string]> = {};
    for (const [index, name] of names.entries()) {
      const tensor = results[order[index] ?? index];
      if (!tensor) throw new Error(`TensorFlow.js gives no output '${name}'`);
      outputs[name] = await fromTfjs(tensor);
    }
    return outputs;
  };
  return {
    run: (feeds) => predict(model, feeds, ports.outputs, wanted),
    tap: (feeds, names) => {
      const layers = names.map((name) => model.layers.find((layer) => layer.name === name));
      const shown = names.filter((_, index) => isSingle(layers[index]?.output));
      const outputs = layers.map((layer) => layer?.output).filter(isSingle);
      if (outputs.length === 0) return Promise.resolve({});
      const inner = tf.model({ inputs: model.inputs, outputs });
      return predict(
        inner,
        feeds,
        shown,
        outputs.map((_, index) => index),
      );
    },
  };
}

const namesOf = (ends: readonly SymbolicTensor[]): readonly string[] =>
  ends.map(({ sourceLayer }) => sourceLayer.name);

/** Layers that are called once have one output. */
const isSingle = (output: unknown): boolean => output !== undefined && !Array.isArray(output);
