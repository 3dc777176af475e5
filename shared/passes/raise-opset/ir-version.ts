/** A model whose file format fits its opset. */
import { irVersionOf } from '../../onnx/ir-version.ts';
import type { Model } from '../../onnx/model.ts';

/**
 * The model at an IR version of at least 4 that fits the opset. Before 4 every initializer was listed
 * as an input without being one for the caller; from 4 on that would make it a default to be
 * overridden, so the list loses them.
 */
export function withIrVersion(model: Model, opset: number): Model {
  const irVersion = Math.max(model.irVersion, irVersionOf(opset));
  if (model.irVersion >= 4) return irVersion === model.irVersion ? model : { ...model, irVersion };
  const { graph } = model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  return { ...model, irVersion, graph: { ...graph, inputs } };
}
