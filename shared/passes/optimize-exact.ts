/** The float32 variant: the model with every exact rewrite applied until none fits any more. */
import type { Model } from '../onnx/model.ts';
import type { PassContext } from '../rewrite/pass.ts';
import { type PassesResult, runToFixpoint } from '../rewrite/run-passes.ts';
import { EXACT } from './presets.ts';

/** Models settle in two to four rounds; more than these mean that two passes undo each other. */
const MAX_ROUNDS = 8;

/**
 * Rewrites the model so that it computes the same outputs, up to the order of floating-point
 * operations, with fewer nodes. Weights are read only where a rewrite changes them.
 * @throws UnsupportedError when onnxruntime cannot be loaded, LimitError after a time-out.
 */
export async function optimizeExact(
  model: Model,
  context: PassContext = {},
): Promise<PassesResult> {
  return await runToFixpoint(model, EXACT, MAX_ROUNDS, context);
}
