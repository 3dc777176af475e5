/** What a caller feeds. */
import type { Model, ValueInfo } from './model.ts';

/** A model's inputs without those that have a value already (initializers of IR 3 and older). */
export function fedInputs({ graph }: Model): readonly ValueInfo[] {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name));
}
