/** The float32 variant: the model with every exact rewrite applied until none fits any more. */
import type { Model } from '../onnx/model.ts';
import type { Pass, PassContext } from '../rewrite/pass.ts';
import { Refusal } from '../rewrite/refusal.ts';
import { type PassesResult, runPasses, runToFixpoint } from '../rewrite/run-passes.ts';
import { EXACT } from './presets.ts';

/** Models settle in two to four rounds; more than these mean that two passes undo each other. */
const MAX_ROUNDS = 8;

/** The oldest opset whose operators the passes know: before it arithmetic broadcast by other rules. */
const OLDEST_OPSET = 7;

/** Leaves the model, and says why. */
const tooOld: Pass = {
  name: 'optimize-exact',
  identity: 'a model is itself',
  needsTypes: false,
  run: (work) => {
    const opset = work.model.opsets.get('');
    work.refuse(new Refusal(`opset ${opset} is older than ${OLDEST_OPSET}`));
  },
};

/**
 * Rewrites the model so that it computes the same outputs, up to the order of floating-point
 * operations, with fewer nodes. Weights are read only where a rewrite changes them. Models before
 * opset 7 stay as they are.
 * @throws UnsupportedError when onnxruntime cannot be loaded, LimitError after a time-out.
 */
export async function optimizeExact(
  model: Model,
  context: PassContext = {},
): Promise<PassesResult> {
  if ((model.opsets.get('') ?? OLDEST_OPSET) < OLDEST_OPSET)
    return await runPasses(model, [tooOld], context);
  return await runToFixpoint(model, EXACT, MAX_ROUNDS, context);
}
