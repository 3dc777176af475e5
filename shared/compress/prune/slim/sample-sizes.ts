/** Types of a model's values for inputs of one size. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { Model, ValueInfo } from '../../../onnx/model.ts';
import type { KnownTypes } from '../../../rewrite/graph-context.ts';
import { inferTypes } from '../../../runtime/infer-types.ts';
import type { SessionOptions } from '../../../runtime/session.ts';

/** As the sample has them; without one, free sizes are 1. Gives the model that the types are of. */
export async function withSampleSizes(
  model: Model,
  sample: NamedTensors | undefined,
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> = {},
): Promise<[Model, KnownTypes]> {
  const inputs = model.graph.inputs.map((input): ValueInfo => {
    if (input.type?.kind !== 'tensor') return input;
    const shape = (input.type.shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
    return { ...input, type: { ...input.type, shape: sample?.[input.name]?.dims ?? shape } };
  });
  // What is declared of other values and of outputs may have names for sizes that are numbers now.
  const outputs = model.graph.outputs.map(({ name }): ValueInfo => ({ name, type: null }));
  const graph = { ...model.graph, inputs, outputs, valueInfo: new Map() };
  const sized = { ...model, graph };
  return [sized, await inferTypes(sized, options)];
}
