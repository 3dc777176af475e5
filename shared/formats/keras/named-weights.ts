/** Variables of legacy `.h5` files and of TensorFlow.js, by name: `bidirectional/forward_lstm/lstm_cell/kernel`. */
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Builder } from '../build/builder.ts';
import type { LayerWeights } from './layer.ts';
import { asWeight } from './weight-value.ts';

/** A variable with the scopes of its name that are not used up yet. */
interface Named {
  readonly scopes: readonly string[];
  readonly tensor: StoredTensor;
}

/** Nested models have no scope of their own in many files: their layers stand among the others. */
const MODEL = /^layers\/(functional|sequential|model)(_\d+)?$/;

/** The layers of a Bidirectional have names with these beginnings. */
const DIRECTION = /^(forward|backward)_layer$/;

/**
 * The weights of a model whose variables are `layer/…/kernel`, with or without `:0` behind; `tensor.name`
 * is that name. The order within a layer is Keras'.
 */
export function namedWeights(b: Builder, tensors: readonly StoredTensor[]): LayerWeights {
  return among(
    b,
    tensors.map((tensor) => ({ scopes: tensor.name.replace(/:\d+$/, '').split('/'), tensor })),
  );
}

/** The weights of a model of which each layer has a list of its own, as in `.h5` files. */
export function groupedWeights(
  b: Builder,
  groups: (layer: string) => readonly StoredTensor[],
): LayerWeights {
  return {
    own: [],
    child: (_, name = '') => {
      const named = groups(name).map((tensor) => ({
        scopes: tensor.name.replace(/:\d+$/, '').split('/'),
        tensor,
      }));
      const inside = within(named, name);
      return among(b, inside.length === named.length ? inside : named);
    },
  };
}

function among(b: Builder, all: readonly Named[]): LayerWeights {
  return {
    get own() {
      return all.map(({ tensor }) => asWeight(b, tensor));
    },
    child(attribute, name) {
      const direction = DIRECTION.exec(attribute)?.[1];
      const found = name === undefined ? [] : within(all, name);
      if (found.length > 0) return among(b, found);
      if (direction !== undefined) return among(b, underDirection(all, direction));
      // Wrappers and cells give no scope to what they hold; a layer of a model has one or no variables.
      return !attribute.startsWith('layers/') || MODEL.test(attribute)
        ? among(b, all)
        : among(b, []);
    },
  };
}

/** What lies in a scope, the scopes up to it removed. A scope at the front goes before deeper ones. */
function within(all: readonly Named[], name: string): readonly Named[] {
  // A name may have slashes itself.
  const parts = name.split('/');
  const found = all.flatMap(({ scopes, tensor }) => {
    const at = scopes.findIndex((_, index) =>
      parts.every((part, step) => scopes[index + step] === part),
    );
    return at < 0 ? [] : [{ at, scopes: scopes.slice(at + parts.length), tensor }];
  });
  const inFront = found.filter(({ at }) => at === 0);
  return inFront.length > 0 ? inFront : found;
}

const underDirection = (all: readonly Named[], direction: string): readonly Named[] =>
  all.filter(({ scopes }) => scopes.some((scope) => scope.startsWith(`${direction}_`)));
