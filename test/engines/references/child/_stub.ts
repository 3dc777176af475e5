/** What the children use of TensorFlow.js to make tensors, without TensorFlow.js. */
import type {
  TfjsTensor,
  TfjsTensorMaker,
} from '../../../../shared/engines/references/child/tfjs-tensors.ts';

export interface StubTensor extends TfjsTensor {
  readonly values: Parameters<TfjsTensorMaker['tensor']>[0];
}

/** Counts what is not disposed of. */
export function stubTensors(): TfjsTensorMaker & { readonly living: Set<TfjsTensor> } {
  const living = new Set<TfjsTensor>();
  return {
    living,
    tensor(values, shape, dtype) {
      const made: StubTensor = {
        values,
        dtype,
        shape,
        data: async () => values as Float32Array,
        dispose: () => living.delete(made),
      };
      living.add(made);
      return made;
    },
  };
}
