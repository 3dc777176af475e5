/** The version of the file format that an opset asks for. */
import type { Model } from '../../onnx/model.ts';

/** The first IR version whose release knew the opset, from 7 on. Source: onnx `helper.py`, VERSION_TABLE. */
const IR_OF_OPSET: readonly (readonly [opset: number, ir: number])[] = [
  [7, 3],
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [26, 13],
];

/**
 * The model at an IR version of at least 4 that fits the opset. Before 4 every initializer was listed
 * as an input without being one for the caller; from 4 on that would make it a default to be
 * overridden, so the list loses them.
 */
export function withIrVersion(model: Model, opset: number): Model {
  const wanted = IR_OF_OPSET.findLast(([version]) => version <= opset)?.[1] ?? 4;
  const irVersion = Math.max(4, model.irVersion, wanted);
  if (model.irVersion >= 4) return irVersion === model.irVersion ? model : { ...model, irVersion };
  const { graph } = model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  return { ...model, irVersion, graph: { ...graph, inputs } };
}
