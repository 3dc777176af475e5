/** Variables into the layers of a model that tfjs-layers has built. */
import type { LayerArrays } from './protocol.ts';
import type { TfjsTensor, TfjsTensorMaker } from './tfjs-tensors.ts';

/** What is used of a layer of tfjs-layers; nested models have layers themselves. */
export interface TfjsLayer {
  readonly name: string;
  readonly layers?: readonly TfjsLayer[];
  readonly weights: readonly {
    readonly shape: readonly (number | null)[];
    readonly name: string;
  }[];
  setWeights(weights: TfjsTensor[]): void;
}

/** @throws Error that names a layer whose variables are not those of the file */
export function setLayerArrays(
  tf: TfjsTensorMaker,
  layers: readonly TfjsLayer[],
  arrays: LayerArrays,
): void {
  for (const layer of layers) {
    const own = arrays[layer.name];
    if (layer.layers) {
      if (own && !Array.isArray(own)) setLayerArrays(tf, layer.layers, own as LayerArrays);
      continue;
    }
    if (layer.weights.length === 0) continue;
    const given = Array.isArray(own) ? (own as readonly Float32Array[]) : [];
    if (given.length !== layer.weights.length)
      throw new Error(
        `layer '${layer.name}' has ${layer.weights.length} variables in TensorFlow.js and ${given.length} in the file`,
      );
    const tensors = layer.weights.map(({ shape, name }, index) => {
      const dims = shape.map((dim) => dim ?? 1);
      const data = given[index] ?? new Float32Array();
      if (dims.reduce((product, dim) => product * dim, 1) !== data.length)
        throw new Error(`the variable '${name}' has another size in TensorFlow.js`);
      return tf.tensor(data, dims, 'float32');
    });
    layer.setWeights(tensors);
    for (const tensor of tensors) tensor.dispose();
  }
}
