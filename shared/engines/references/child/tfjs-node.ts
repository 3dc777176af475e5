/**
 * `loadSavedModel` of @tensorflow/tfjs-node: TensorFlow itself, behind the tensors of TensorFlow.js.
 *
 * Source: tfjs-node/src/saved_model.ts (4.22).
 */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { PortNames } from './protocol.ts';
import { feedsInOrder, type Runner } from './runner.ts';
import { fromTfjs, type TfjsTensor, type TfjsTensorMaker, toTfjs } from './tfjs-tensors.ts';

/** What is used of the library. */
interface TfjsNode extends TfjsTensorMaker {
  readonly node: {
    loadSavedModel(path: string, tags: string[], signature: string): Promise<TfSavedModel>;
  };
}

interface TfSavedModel {
  predict(inputs: Record<string, TfjsTensor>): Record<string, TfjsTensor>;
}

/** Loads the folder at `path`. The signature knows inputs and outputs by the names of the converted model. */
export async function openTfjsNode(
  library: unknown,
  path: string,
  signature: string,
  ports: PortNames,
): Promise<Runner> {
  const module = library as { default?: unknown };
  const tf = ('node' in module ? module : module.default) as TfjsNode;
  const model = await tf.node.loadSavedModel(path, ['serve'], signature);
  const run = async (feeds: NamedTensors): Promise<NamedTensors> => {
    const given = feedsInOrder(feeds, ports.inputs);
    const inputs: Record<string, TfjsTensor> = {};
    for (const [index, name] of ports.inputs.entries()) {
      const tensor = given[index];
      if (tensor) inputs[name] = toTfjs(tf, tensor);
    }
    const results = model.predict(inputs);
    const outputs: Record<string, NamedTensors[string]> = {};
    for (const name of ports.outputs) {
      const tensor = results[name];
      if (!tensor) throw new Error(`TensorFlow gives no output '${name}'`);
      outputs[name] = await fromTfjs(tensor);
    }
    return outputs;
  };
  return { run };
}
