/** Ports by their names alone: what references ask of a converted model. */
import type { Ports } from '../../../shared/engines/references/reference.ts';

export const portsNamed = (inputs: readonly string[], outputs: readonly string[]): Ports => ({
  inputs: inputs.map((name) => ({ name, type: null })),
  outputs: outputs.map((name) => ({ name, type: null })),
});
