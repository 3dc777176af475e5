/** From the name of a variant to its model in the store. */
import { DefectError } from '../../base/errors.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, storeModel } from '../artifact.ts';
import { checkWrittenOpset } from '../check-opset.ts';
import { modelFacts } from '../model-facts.ts';
import type { Tools } from '../step.ts';
import type { CompressInput, CompressResult } from '../steps/compress.ts';
import { makeFloat16 } from './make-float16.ts';
import { makeInt4 } from './make-int4.ts';
import { makeInt8 } from './make-int8.ts';
import { makeWeights } from './make-weights.ts';
import { type MadePrecision, madePrecision } from './offered.ts';
import type { VariantMaker } from './variant-maker.ts';

const MAKERS: Record<MadePrecision, VariantMaker> = {
  float16: makeFloat16,
  int8: makeInt8,
  'int8-dynamic': makeWeights,
  'int8-weights': makeWeights,
  int4: makeInt4,
};

/** @throws UnsupportedError with the reason when the variant cannot be made of this model */
export async function makeVariant(input: CompressInput, tools: Tools): Promise<CompressResult> {
  const make = makerOf(input.variant);
  using opened = openModel(await artifactPath(input.model, tools));
  const {
    model,
    plan,
    description,
    keptInFloat,
    sensitivity,
    notes = [],
  } = await make(opened.model, input, tools);
  checkWrittenOpset(model, input.opset);
  return {
    status: 'done',
    model: await storeModel(model, tools),
    ...(plan !== undefined && { plan: await tools.store.putBytes(JSON.stringify(plan)) }),
    ...(description !== undefined && { description }),
    ...(keptInFloat && { keptInFloat: [...keptInFloat] }),
    ...(sensitivity && { sensitivity }),
    facts: await modelFacts(model, input.shapes),
    notes: [...notes],
  };
}

function makerOf(variant: string): VariantMaker {
  const precision = madePrecision(variant);
  if (precision) return MAKERS[precision];
  throw new DefectError(`${variant} is not made by compressing`);
}
