/** Every version change of an operator of ai.onnx after opset 7: the adapter that makes it good, or a word that nothing need be done. */
import type { Adapter, AdapterTable } from './adapter.ts';
import { ATTRIBUTES_TO_INPUTS } from './attributes-to-inputs.ts';
import { MEANINGS } from './meanings.ts';
import { RESIZE } from './resize.ts';
import { SOFTMAX_AXIS } from './softmax.ts';
import { UNCHANGED } from './unchanged.ts';

const FAMILIES: readonly AdapterTable[] = [ATTRIBUTES_TO_INPUTS, MEANINGS, RESIZE, SOFTMAX_AXIS];

/** The adapter of this change; `null` when nothing need be done, `undefined` when the change is not known. */
export function adapterOf(opType: string, version: number): Adapter | null | undefined {
  for (const family of FAMILIES) {
    const adapter = family[opType]?.[version];
    if (adapter) return adapter;
  }
  return UNCHANGED.has(`${opType}:${version}`) ? null : undefined;
}
