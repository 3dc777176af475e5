/** Facts of a model that a row states and that only its graph tells. */
import { z } from 'zod';
import { coverageOf } from '../measure/coverage.ts';
import { allNodes } from '../onnx/graph-walk.ts';
import type { Model } from '../onnx/model.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { coverageSchema } from '../report/variant-schema.ts';
import { inferTypes } from '../runtime/infer-types.ts';
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

/** Counts, and which nodes run in which precision. */
export async function modelFacts(model: Model): Promise<ModelFacts> {
  const { nodes, notFused } = coverageOf(model, await inferTypes(model));
  return {
    parameters: weightsOf(model).reduce((sum, tensor) => sum + elementCount(tensor), 0),
    ops: [...allNodes(model)].length,
    coverage: {
      nodes: { ...nodes },
      ...(notFused.length > 0 && {
        notFused: notFused
          .slice(0, LISTED_NOT_FUSED)
          .map(({ node, op, reason }) => ({ node, op, reason })),
      }),
    },
  };
}
