/** `--opset N`: the highest version of ai.onnx that may be written. Models are raised to one, never lowered. */
import { UnsupportedError } from '../base/errors.ts';
import type { Model } from '../onnx/model.ts';

/** What the model is written in; 0 when it uses no operator of ai.onnx. */
export const opsetOf = (model: Model): number => model.opsets.get('') ?? 0;

/** @throws UnsupportedError when the source is already above `highest` */
export function checkSourceOpset(model: Model, highest: number | undefined): void {
  const own = opsetOf(model);
  if (highest === undefined || own <= highest) return;
  throw new UnsupportedError(`the model has opset ${own}: it is not lowered to ${highest}`, {
    where: '--opset',
    hint: 'Export it with the opset that you need.',
  });
}

/** @throws UnsupportedError when what was made of a model, by a variant or by inlining newer functions, is above `highest` */
export function checkWrittenOpset(model: Model, highest: number | undefined): void {
  const needed = opsetOf(model);
  if (highest === undefined || needed <= highest) return;
  throw new UnsupportedError(`it needs opset ${needed}, and --opset allows ${highest} at most`);
}
