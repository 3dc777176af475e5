/** Any text as `{keras, config, variables: {path: shape}}`: a clean error, or a model that can be written. */
import { FettleError } from '../../../shared/base/errors.ts';
import { isList, isObject } from '../../../shared/formats/keras/config.ts';
import { convertKeras } from '../../../shared/formats/keras/convert-keras.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { parseConfig } from '../../../shared/formats/keras/model-json.ts';
import { namedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { pathWeights } from '../../../shared/formats/keras/path-weights.ts';
import { computedTensor } from '../../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { storedByteLength } from '../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** A few bytes can stand for gigabytes of one element, which are not written here. */
const MAX_WRITTEN = 2 ** 20;

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    const file = parseConfig(new TextDecoder().decode(data), 'config.json');
    if (!isObject(file)) return;
    const { config = null, keras, variables = null } = file;
    const stored = Object.entries(isObject(variables) ? variables : {}).flatMap(variableOf);
    const inside = (path: string): StoredTensor[] =>
      stored.filter(({ name }) => name.startsWith(`${path}/`));
    const store = {
      has: (path: string) => inside(path).length > 0,
      variables: (path: string) => inside(`${path}/vars`.replace(/^\//, '')),
    };
    const { model } = convertKeras(
      config,
      (b) => (keras === 2 ? namedWeights(b, stored) : pathWeights(b, store)),
      { title: 'm.keras', keras: keras === 2 ? 2 : 3 },
    );
    const weights = [...model.graph.initializers.values()];
    const bytes = weights.reduce((sum, tensor) => sum + storedByteLength(tensor), 0);
    if (bytes < MAX_WRITTEN) encodeModel(model);
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}

/** Files cannot hold shapes of other numbers than these. */
function variableOf([name, shape]: [string, Json]): readonly StoredTensor[] {
  const dims = isList(shape) ? shape.filter((size) => Number.isSafeInteger(size)) : [];
  const sizes = dims.map((size) => Math.abs(Number(size)));
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > MAX_WRITTEN) return [];
  return [computedTensor(name, 'float32', sizes, () => new Uint8Array(4 * count))];
}
