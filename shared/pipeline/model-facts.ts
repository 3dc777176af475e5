/** Facts of a model that a row states and that only its graph tells. */
import { z } from 'zod';
import { coverageOf } from '../measure/coverage.ts';
import { allNodes } from '../onnx/graph-walk.ts';
import type { Model, ValueInfo } from '../onnx/model.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { coverageSchema } from '../report/variant-schema.ts';
import { inferTypes } from '../runtime/infer-types.ts';
import type { Shapes } from './check-shapes.ts';
import { weightsOf } from './inspect.ts';

export const modelFactsSchema = z.object({
  parameters: z.number(),
  /** Nodes of all graphs and functions. */
  ops: z.number(),
  coverage: coverageSchema,
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;

/** How many conversions that are not fused a report lists: the most costly come first. */
const LISTED_NOT_FUSED = 40;

/** Counts, and which nodes run in which precision. `shapes` of the inputs, by name, give free dimensions a size. */
export async function modelFacts(model: Model, shapes: Shapes = {}): Promise<ModelFacts> {
  const shaped = atShapes(model, shapes);
  const { nodes, notFused } = coverageOf(shaped, await inferTypes(shaped));
  return {
    parameters: weightsOf(model).reduce((sum, tensor) => sum + elementCount(tensor), 0),
    ops: [...allNodes(model)].length,
    coverage: {
      nodes: { ...nodes },
      ...(notFused.length > 0 && {
        notFused: notFused.slice(0, LISTED_NOT_FUSED).map(({ estimatedMs, ...rest }) => ({
          ...rest,
          ...(estimatedMs !== undefined && { estimatedMs: round(estimatedMs) }),
        })),
      }),
    },
  };
}

function atShapes(model: Model, shapes: Shapes): Model {
  const inputs = model.graph.inputs.map((value): ValueInfo => {
    const shape = shapes[value.name];
    return shape && value.type?.kind === 'tensor'
      ? { ...value, type: { ...value.type, shape } }
      : value;
  });
  return { ...model, graph: { ...model.graph, inputs } };
}

/** To three digits: more were not measured. */
const round = (value: number): number => Number(value.toPrecision(3));
