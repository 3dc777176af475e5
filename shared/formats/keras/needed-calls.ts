/** Which calls of its layers a model needs, and in which order. */
import { ModelError } from '../../base/errors.ts';
import {
  type CallTemplate,
  type LayerConfig,
  type ModelConfig,
  referencesOf,
  type TensorReference,
} from './model-config.ts';

/** A call that has to be made. */
export interface NeededCall {
  readonly layer: LayerConfig;
  readonly call: CallTemplate;
  readonly key: string;
}

/**
 * The calls that the ends need, each behind those that it reads. No recursion, as models are deep.
 * @throws ModelError for a cycle, or a layer or call that is not there
 */
export function neededCalls(
  model: ModelConfig,
  given: ReadonlySet<string> | ReadonlyMap<string, unknown>,
  ends: readonly TensorReference[],
): readonly NeededCall[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const ordered: NeededCall[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: (NeededCall & { readonly reads: readonly TensorReference[]; next: number })[] = [];
  const enter = (reference: TensorReference): void => {
    const key = keyOf(reference);
    if (given.has(key) || state.get(key) === 'done') return;
    const layer = byName.get(reference.layer);
    const call = layer?.calls[reference.call];
    if (!layer || !call)
      throw new ModelError(
        `call ${reference.call} of the layer "${reference.layer}" is read, and the model does not have it`,
      );
    if (state.get(key) === 'open')
      throw new ModelError(
        `the layer "${reference.layer}" waits for itself: the model has a cycle`,
      );
    state.set(key, 'open');
    const reads = [...referencesOf(call.args), ...referencesOf(call.keywords)];
    path.push({ layer, call, key, reads, next: 0 });
  };
  for (const end of ends) {
    enter(end);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const read = top.reads[top.next++];
      if (read) {
        enter(read);
        continue;
      }
      path.pop();
      state.set(top.key, 'done');
      ordered.push(top);
    }
  }
  return ordered;
}

/** The key of a call among the results of a model. */
export const keyOf = ({ layer, call }: TensorReference): string => `${layer}/${call}`;
