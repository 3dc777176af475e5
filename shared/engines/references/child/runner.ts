/** What a child makes of a model. */
import type { NamedTensors } from '../../../base/tensor.ts';

export interface Runner {
  readonly run: (feeds: NamedTensors) => Promise<NamedTensors>;
  /** Inner tensors by the source's names; those that it does not have are left out. */
  readonly tap?: (feeds: NamedTensors, names: readonly string[]) => Promise<NamedTensors>;
}

/** The feeds in the order of the ports. @throws Error that names a missing one */
export function feedsInOrder(feeds: NamedTensors, names: readonly string[]) {
  return names.map((name) => {
    const tensor = feeds[name];
    if (tensor) return tensor;
    throw new Error(`there is no value for the input '${name}'`);
  });
}

/**
 * For each port the place of its partner in the runtime's list: by name where all names are there, else
 * by position. @throws Error when neither fits
 */
export function matchNames(
  ports: readonly string[],
  theirs: readonly string[],
  what: string,
): readonly number[] {
  const plain = theirs.map((name) => name.replace(/:0$/, ''));
  const places = ports.map((port) => plain.indexOf(port.replace(/:0$/, '')));
  if (places.every((place) => place >= 0)) return places;
  if (ports.length <= theirs.length) return ports.map((_, index) => index);
  throw new Error(
    `the model has ${ports.length} ${what} (${ports.join(', ')}), and its runtime sees ${theirs.length} (${theirs.join(', ')})`,
  );
}
