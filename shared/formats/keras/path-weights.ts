/** Variables of `.keras` files and their kin, by path: `layers/conv2d_1/vars/0`. */

import { ModelError } from '../../base/errors.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Builder } from '../build/builder.ts';
import type { LayerWeights } from './layer.ts';
import { asWeight } from './weight-value.ts';

/** Where variables lie by path: an HDF5 file, several of them, or an `.npz`. */
export interface VariableStore {
  /** The variables of the thing at a path (`layers/conv2d_1`, empty for the model), in their order. */
  readonly variables: (path: string) => readonly StoredTensor[];
  /** Whether there is anything under the path. */
  readonly has: (path: string) => boolean;
  /** A text by its path. */
  readonly asset?: (path: string) => string | undefined;
}

/** The first files of this version kept their layers under another name. */
const EARLY_LAYERS = '_layer_checkpoint_dependencies';

/** Nested models and wrappers go a few levels deep (CWE-674). */
const MAX_PATH = 4096;

/** The weights of a model whose variables lie at the root of a store. */
export function pathWeights(b: Builder, store: VariableStore): LayerWeights {
  const isEarly = !store.has('layers') && store.has(EARLY_LAYERS);
  const at = (path: string): LayerWeights => ({
    get own() {
      return store.variables(path).map((tensor) => asWeight(b, tensor));
    },
    child(attribute) {
      const step = isEarly ? attribute.replace(/^layers\//, `${EARLY_LAYERS}/`) : attribute;
      const next = path === '' ? step : `${path}/${step}`;
      if (next.length > MAX_PATH)
        throw new ModelError('the layers of the model are nested too deeply');
      return at(next);
    },
    asset: (name) => store.asset?.(`${path}/${name}`),
  });
  return at('');
}
