/** How deep a configuration may nest: what follows it, and what shows it, goes down with it. */
import { ModelError } from '../../base/errors.ts';
import { isList } from './config.ts';
import type { Json } from './layer.ts';

/** Objects in objects of a Keras configuration: models of models come to some dozens (CWE-674). */
const MAX_CONFIG_DEPTH = 200;

/** @throws ModelError when the objects in the configuration nest deeper than any model's */
export function checkDepth(config: Json, depth = 0): void {
  if (typeof config !== 'object' || config === null) return;
  if (depth > MAX_CONFIG_DEPTH)
    throw new ModelError(`the configuration nests more than ${MAX_CONFIG_DEPTH} deep`);
  // Lists of millions are looked through where they are.
  const items = isList(config) ? config : Object.values(config);
  for (const item of items) checkDepth(item, depth + 1);
}
