/** What goes, decided by whoever knows: weights by their scores, or channels in groups. */
import { UnsupportedError } from '../../base/errors.ts';
import { describePruning } from '../../compress/prune/describe-pruning.ts';
import { planPruning } from '../../compress/prune/plan-pruning.ts';
import { planSlimming } from '../../compress/prune/slim/plan-slimming.ts';
import type { SlimPlan } from '../../compress/prune/slim/slim-plan.ts';
import type { SampleSource } from '../../compress/quantize/int8/context.ts';
import type { Model } from '../../onnx/model.ts';
import { formatCount } from '../../report/numbers.ts';
import type { PlannedRemoval } from '../steps/prune-plan.ts';

export interface RemovalPlan {
  /** Plain JSON. */
  readonly plan: unknown;
  /** "90% of 105,000 weights in 6 layers are zero". */
  readonly description: string;
  readonly notes: readonly string[];
}

/** `samples` say what is worth how much. @throws UnsupportedError where nothing can go */
export async function planRemoval(
  model: Model,
  removal: PlannedRemoval,
  samples: SampleSource,
): Promise<RemovalPlan> {
  if (removal.kind === 'slim') {
    const plan = await planSlimming(model, { percent: removal.percent, samples });
    if (plan.groups.length === 0)
      throw new UnsupportedError(`no channels can be removed: ${whyWhole(plan)}`);
    return { plan, description: describeSlimming(plan), notes: slimNotes(plan, removal.percent) };
  }
  const pattern =
    removal.kind === 'pruned'
      ? ({ kind: 'anywhere', percent: removal.percent } as const)
      : ({ kind: '2:4' } as const);
  const plan = await planPruning(model, { pattern, calibration: samples });
  return { plan, description: describePruning(plan), notes: [] };
}

/** `512 of 1,024 channels in 9 groups are gone, 0.41 of 0.97 million multiplications are left`. */
function describeSlimming({ channels, removed, groups, before, after }: SlimPlan): string {
  const where = groups.length === 1 ? '1 group' : `${groups.length} groups`;
  const gone = `${formatCount(removed)} of ${formatCount(channels)} channels in ${where} are gone`;
  if (before.multiplyAdds === null || after.multiplyAdds === null) return gone;
  const left = Math.round((100 * after.multiplyAdds) / before.multiplyAdds);
  return `${gone}, ${left}% of the multiplications are left`;
}

/** Kept whole for a reason that a user may do something about; the plan has all of them. */
const LISTED_WHOLE = 3;

function slimNotes({ channels, removed, whole }: SlimPlan, percent: number): string[] {
  const reached = Math.floor((100 * removed) / channels);
  const listed = whole.slice(0, LISTED_WHOLE).map(({ name, reason }) => `${name} (${reason})`);
  const more = whole.length > listed.length ? ` and ${whole.length - listed.length} more` : '';
  return [
    ...(reached < percent - 1
      ? [`${reached} % of the channels are gone, not ${percent} %: every group keeps its least`]
      : []),
    ...(whole.length > 0 ? [`channels that stay whole: ${listed.join(', ')}${more}`] : []),
  ];
}

const whyWhole = ({ whole: [first] }: SlimPlan): string =>
  first ? `${first.name} stays whole, ${first.reason}` : 'it has none that weights make';
