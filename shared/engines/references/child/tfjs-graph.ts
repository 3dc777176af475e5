/** A graph-model of TensorFlow.js. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { PortNames } from './protocol.ts';
import { feedsInOrder, type Runner } from './runner.ts';
import { fromTfjs, type TfjsTensor, type TfjsTensorMaker, toTfjs } from './tfjs-tensors.ts';

/** What is used of a graph-model. */
export interface GraphModel {
  execute(inputs: TensorMap, outputs: readonly string[]): TfjsTensor | TfjsTensor[];
  executeAsync(inputs: TensorMap, outputs: readonly string[]): Promise<TfjsTensor | TfjsTensor[]>;
}

type TensorMap = Record<string, TfjsTensor>;

/** Graph-models know their inputs and outputs by the keys of the signature, as the converted model does. */
export function graphRunner(tf: TfjsTensorMaker, model: GraphModel, ports: PortNames): Runner {
  const execute = async (feeds: NamedTensors, names: readonly string[]): Promise<NamedTensors> => {
    const inputs: TensorMap = {};
    for (const [index, tensor] of feedsInOrder(feeds, ports.inputs).entries())
      inputs[ports.inputs[index] ?? ''] = toTfjs(tf, tensor);
    const results = [await run(model, inputs, names)].flat();
    for (const tensor of Object.values(inputs)) tensor.dispose();
    const outputs: Record<string, NamedTensors[string]> = {};
    for (const [index, name] of names.entries()) {
      const tensor = results[index];
      if (!tensor) throw new Error(`TensorFlow.js gives no output '${name}'`);
      outputs[name] = await fromTfjs(tensor);
    }
    return outputs;
  };
  return {
    run: (feeds) => execute(feeds, ports.outputs),
    async tap(feeds, names) {
      const left = new Set(names);
      while (left.size > 0) {
        try {
          return await execute(feeds, [...left]);
        } catch (error) {
          // Nodes of functions, and what was fused with others, cannot be had.
          const missing = /The output '(.*)' is not found/.exec(String(error))?.[1];
          if (missing === undefined || !left.delete(missing)) throw error;
        }
      }
      return {};
    },
  };
}

async function run(
  model: GraphModel,
  inputs: TensorMap,
  names: readonly string[],
): Promise<TfjsTensor | TfjsTensor[]> {
  try {
    return model.execute(inputs, names);
  } catch (error) {
    // It refuses before it computes anything.
    if (!/executeAsync|dynamic/i.test(String(error))) throw error;
    return model.executeAsync(inputs, names);
  }
}
