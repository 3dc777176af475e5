/** How deep a configuration may nest: what follows it, and what shows it, goes down with it. */
import { ModelError } from '../../base/errors.ts';
import type { Json } from './layer.ts';

/** Objects in objects of a Keras configuration: models of models come to some dozens (CWE-674). */
const MAX_CONFIG_DEPTH = 200;

/** @throws ModelError when the objects in the configuration nest deeper than any model's */
export function checkDepth(config: Json): void {
  let level: readonly Json[] = [config];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_CONFIG_DEPTH)
      throw new ModelError(`the configuration nests more than ${MAX_CONFIG_DEPTH} deep`);
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as Json[]) : [],
    );
  }
}
