/** From the name of a variant to its model in the store. */
import { UnsupportedError } from '../../base/errors.ts';
import { type Precision, parseVariant, type Recipe } from '../../compress/variant.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, storeModel } from '../artifact.ts';
import { checkWrittenOpset } from '../check-opset.ts';
import { modelFacts } from '../model-facts.ts';
import type { Tools } from '../step.ts';
import type { CompressInput, CompressResult } from '../steps/compress.ts';
import { makeFloat16 } from './make-float16.ts';
import { makeInt8 } from './make-int8.ts';
import { makeWeights } from './make-weights.ts';
import type { VariantMaker } from './variant-maker.ts';

/** Variants that change the network or train it have no maker. */
const MAKERS: Partial<Record<Precision, VariantMaker>> = {
  float16: makeFloat16,
  int8: makeInt8,
  'int8-dynamic': makeWeights,
  'int8-weights': makeWeights,
  int4: makeWeights,
};

/** @throws UnsupportedError with the reason when the variant cannot be made of this model */
export async function makeVariant(input: CompressInput, tools: Tools): Promise<CompressResult> {
  const make = makerOf(parseVariant(input.variant));
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

function makerOf(recipe: Recipe): VariantMaker {
  const [step, ...more] = recipe.kind === 'steps' ? recipe.steps : [];
  const make = step?.kind === 'precision' && more.length === 0 ? MAKERS[step.precision] : undefined;
  if (make) return make;
  throw new UnsupportedError(
    `${recipe.name} changes or trains the network, which this version of Fettle does not do`,
    {
      hint: `It makes ${Object.keys(MAKERS).join(', ')}.`,
    },
  );
}
