/** Tensors of TensorFlow.js, which has float32, int32, bool and strings only. */
import { decodeFloat16 } from '../../../base/float16.ts';
import type { Tensor } from '../../../base/tensor.ts';

/** What is used of a tensor of TensorFlow.js. */
export interface TfjsTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array | string[]>;
  dispose(): void;
}

/** What is used of TensorFlow.js to make one. */
export interface TfjsTensorMaker {
  tensor(
    values: Float32Array | Int32Array | Uint8Array | readonly string[],
    shape: readonly number[],
    dtype: string,
  ): TfjsTensor;
}

/** Real numbers become float32, integers int32. */
export function toTfjs(tf: TfjsTensorMaker, { type, dims, data }: Tensor): TfjsTensor {
  switch (type) {
    case 'string':
      return tf.tensor(data as readonly string[], dims, 'string');
    case 'bool':
      return tf.tensor(data as Uint8Array, dims, 'bool');
    case 'float16':
      return tf.tensor(decodeFloat16(data as Uint16Array), dims, 'float32');
    case 'float32':
    case 'float64':
      return tf.tensor(Float32Array.from(data as Float32Array), dims, 'float32');
    default: {
      const integers = new Int32Array(data.length);
      for (let i = 0; i < data.length; i++) integers[i] = Number(data[i]);
      return tf.tensor(integers, dims, 'int32');
    }
  }
}

/** Its values, after which the tensor is gone. */
export async function fromTfjs(tensor: TfjsTensor): Promise<Tensor> {
  const data = await tensor.data();
  const dims = [...tensor.shape];
  tensor.dispose();
  if (Array.isArray(data)) return { type: 'string', dims, data };
  // 8-bit integers of TensorFlow.js are truth values.
  const type = tensor.dtype === 'bool' ? 'bool' : data instanceof Int32Array ? 'int32' : 'float32';
  return { type, dims, data: data.slice() };
}
