/** Static int8, whole: ranges, rounding, sensitivity, guard. Every choice is made by measured error on samples that judge nothing. */
import { UnsupportedError } from '../../../base/errors.ts';
import type { Model } from '../../../onnx/model.ts';
import { concatIntoPad } from '../../../passes/concat-into-pad.ts';
import { removeDeadCode } from '../../../passes/remove-dead-code.ts';
import { runPasses } from '../../../rewrite/run-passes.ts';
import type { Int8Context } from './context.ts';
import { Int8Draft } from './int8-draft.ts';
import type { Int8Plan } from './int8-plan.ts';
import {
  chooseEqualization,
  chooseGroups,
  chooseRecurrent,
  chooseRounding,
  keepWorst,
  rankDraft,
  shrinkKept,
} from './search/choices.ts';
import { deadlineIn } from './search/deadline.ts';
import { findSaturation } from './search/saturation.ts';
import type { NodeDamage } from './search/sensitivity.ts';
import { findWeightedNodes } from './weighted-nodes.ts';

export interface QuantizedInt8 {
  readonly model: Model;
  readonly plan: Int8Plan;
  readonly notes: readonly string[];
  /** Damage of quantizing one node alone, worst first. */
  readonly sensitivity: readonly NodeDamage[];
}

/**
 * Quantizes an exactly optimized float32 model of opset 13 or later.
 * @throws UnsupportedError when it has no Conv, MatMul or Gemm with constant weights
 */
export async function quantizeInt8(model: Model, context: Int8Context): Promise<QuantizedInt8> {
  const { weighted, refused } = findWeightedNodes(model);
  if (weighted.length === 0) {
    const reason = refused[0] ? `${refused[0].node.opType}: ${refused[0].reason}` : 'it has none';
    throw new UnsupportedError(`no Conv, MatMul or Gemm can be quantized (${reason})`);
  }
  const { log, seconds } = context;
  const deadline = deadlineIn(seconds);
  let draft = await Int8Draft.measured(model, context);
  let sensitivity: readonly NodeDamage[] = [];
  const notes: string[] = [];
  if (seconds > 0) {
    draft = await chooseRounding(await draft.withMoments(), log);
    draft = await chooseEqualization(draft, log);
    draft = await chooseRecurrent(draft, log);
    draft = await chooseGroups(draft, log);
    sensitivity = await rankDraft(draft, deadline);
    draft = await keepWorst(draft, sensitivity, deadline, log);
    draft = await shrinkKept(draft, deadline, log);
    if (deadline.isOver) notes.push(`the search was ended after ${seconds} s`);
  }
  const plan = draft.plan();
  // Blocks of zeros that no integer Concat takes are smaller as a Pad again.
  const quantized = (await runPasses(draft.build(), [concatIntoPad, removeDeadCode])).model;
  const saturation = await findSaturation(quantized, context);
  if (saturation !== undefined) notes.push(saturation);
  return { model: quantized, plan, notes, sensitivity };
}
