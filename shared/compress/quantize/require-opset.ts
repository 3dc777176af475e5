/** The oldest models whose weights and types can be changed. */
import { UnsupportedError } from '../../base/errors.ts';
import type { Model } from '../../onnx/model.ts';

/** Before it, Cast names its type in words and elementwise operators broadcast by other rules. */
const OLDEST_OPSET = 7;

/** @throws UnsupportedError for a model below opset 7. */
export function requireOpset(model: Model): void {
  const opset = model.opsets.get('') ?? OLDEST_OPSET;
  if (opset < OLDEST_OPSET)
    throw new UnsupportedError(
      `the model is of opset ${opset}, and ${OLDEST_OPSET} is the oldest that can be quantized`,
      {
        hint: `Export it with opset ${OLDEST_OPSET} or later.`,
      },
    );
}
