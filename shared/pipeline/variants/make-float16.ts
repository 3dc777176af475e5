/** `float16`: weights and computation in 16-bit floats, but for nodes whose values leave their range on the samples. */
import { UnsupportedError } from '../../base/errors.ts';
import { applyFloat16 } from '../../compress/quantize/float16/apply-float16.ts';
import type { Float16Plan } from '../../compress/quantize/float16/float16-plan.ts';
import { float16Values, planFloat16 } from '../../compress/quantize/float16/plan-float16.ts';
import { collectRanges } from '../../compress/quantize/int8/statistics/collect-ranges.ts';
import type { Model } from '../../onnx/model.ts';
import type { KeptNode } from '../../report/schema.ts';
import { inferTypes } from '../../runtime/infer-types.ts';
import { reasonOf } from '../reason.ts';
import type { Tools } from '../step.ts';
import type { CompressInput } from '../steps/compress.ts';
import { eachSample, withChoiceSamples } from './part-samples.ts';
import type { VariantMaker } from './variant-maker.ts';

/** More nodes than these in a report are read by nobody; the plan has them all. */
const LISTED_KEPT = 100;

export const makeFloat16: VariantMaker = async (model, input, tools) => {
  const decided = await decideFloat16(model, input, tools);
  return { model: applyFloat16(model, decided.plan), ...decided };
};

/** What becomes float16: every constant is read for it, and the samples are run. @throws UnsupportedError for nothing */
export async function decideFloat16(
  model: Model,
  input: CompressInput,
  tools: Tools,
): Promise<{
  readonly plan: Float16Plan;
  readonly keptInFloat: readonly KeptNode[];
  readonly notes: readonly string[];
}> {
  const types = await inferTypes(model);
  const notes: string[] = [];
  const ranges = await withChoiceSamples(model, input, tools, async ({ calibration }) => {
    try {
      return await collectRanges(model, float16Values(model, types), eachSample(calibration));
    } catch (error) {
      // Only a safeguard is lost: a model that cannot run on these samples can still be converted.
      notes.push(`the range of values was not looked at: ${reasonOf(error)}`);
      return undefined;
    }
  });
  const plan = planFloat16(model, types, ranges && { ranges });
  if (plan.nodes.length === 0)
    throw new UnsupportedError(`there is nothing to compute in float16: ${whyNothing(plan)}`);
  return { plan, keptInFloat: keptNodes(plan), notes };
}

function whyNothing({ kept }: Float16Plan): string {
  const [first] = kept;
  return first
    ? `${first.op} '${first.node || first.name}' stays, ${first.reason}`
    : 'the model holds no float32 values';
}

function keptNodes({ kept }: Float16Plan): KeptNode[] {
  return kept.slice(0, LISTED_KEPT).map(({ node, name, op, reason }) => ({
    node: node || name,
    op,
    precision: 'float32',
    reason,
  }));
}
