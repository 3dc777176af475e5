/** From the name of a variant to the code that makes it. */
import { UnsupportedError } from '../base/errors.ts';
import type { Tools } from './step.ts';
import type { CompressInput, CompressResult } from './steps/compress.ts';

/** @throws UnsupportedError with the reason when the variant cannot be made of this model */
export async function makeVariant(input: CompressInput, _tools: Tools): Promise<CompressResult> {
  throw new UnsupportedError(`the variant ${input.variant} is not made by this version of Fettle`);
}
