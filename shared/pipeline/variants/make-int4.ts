/** `int4`: by a plan that needs no data; with data its matrices are rounded by what that does to the outputs. */
import { reconstructWeights } from '../../compress/quantize/reconstruct/reconstruct-weights.ts';
import type { WeightPlan } from '../../compress/quantize/weights/weight-plan.ts';
import { SEARCH_SECONDS } from '../steps/compress.ts';
import { makeWeights } from './make-weights.ts';
import { withChoiceSamples } from './part-samples.ts';
import type { VariantMaker } from './variant-maker.ts';

export const makeInt4: VariantMaker = async (source, input, tools) => {
  const made = await makeWeights(source, input);
  // Inputs that were made up say nothing of how those of users lie together.
  if (input.data.synthetic) return made;
  return await withChoiceSamples(source, input, tools, async (samples) => {
    if (samples.isSynthetic) return made;
    const { calibration, selection } = samples;
    const found = await reconstructWeights(source, made.plan, {
      ...{ calibration, seconds: SEARCH_SECONDS, log: tools.log },
      ...(selection && { selection }),
    });
    const { model, plan, notes } = found;
    const rounding = describeRounding(plan, found.samples);
    return {
      ...made,
      ...{ model, plan, notes },
      ...(rounding && { description: `${made.description}, ${rounding}` }),
    };
  });
};

/** `GPTQ on 12 MatMul over 128 samples`; undefined where all codes are the nearest. */
export function describeRounding(
  { nodes }: Pick<WeightPlan, 'nodes'>,
  samples: number,
): string | undefined {
  const counts = new Map<string, number>();
  for (const { op, rounding } of nodes) if (rounding) counts.set(op, (counts.get(op) ?? 0) + 1);
  if (counts.size === 0) return undefined;
  const ops = [...counts].map(([op, count]) => `${count} ${op}`).join(' and ');
  return `GPTQ on ${ops} over ${samples} ${samples === 1 ? 'sample' : 'samples'}`;
}
