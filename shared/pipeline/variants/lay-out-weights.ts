/** The layout of a quantized model, out of the header of the float32 one. */
import type { Digest } from '../../base/brand.ts';
import { LimitError } from '../../base/errors.ts';
import { editScopes } from '../../compress/quantize/int8/scopes.ts';
import { planFiles } from '../../onnx/file-plan.ts';
import { MAX_MODEL_FILE_BYTES } from '../../onnx/limits.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { Model } from '../../onnx/model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath } from '../artifact.ts';
import { checkWrittenOpset } from '../check-opset.ts';
import { modelFacts } from '../model-facts.ts';
import type { Tools } from '../step.ts';
import type { WeightsLayout, WeightsLayoutInput } from '../steps/weights-layout.ts';
import { applyPlan } from './apply-plan.ts';
import { makeWeights } from './make-weights.ts';
import type { NewVariant } from './variant-maker.ts';
import { DATA_LOCATION, type FileLayout, layOutFile } from './weight-parts.ts';

/**
 * @throws UnsupportedError when there is nothing to quantize, NotAnnounced when weights have to be read for it,
 * LimitError when the model without its weights is larger than a file may be
 */
export async function layOutWeights(
  input: WeightsLayoutInput,
  tools: Tools,
): Promise<WeightsLayout> {
  const { model: source, opset, shapes, parts } = input;
  const readable = new Map((source.external ?? []).map(({ location }) => [location, []]));
  using opened = openModel(await artifactPath(source, tools), { readable });
  const { plan: planned, ...made } = await makeFrom(opened.model, input, tools);
  checkWrittenOpset(made.model, opset);
  const plan = planFiles(made.model, DATA_LOCATION);
  if (plan.model.bytes > MAX_MODEL_FILE_BYTES)
    throw new LimitError(
      `the model without its weights has ${plan.model.bytes} bytes: protobuf stops at ${MAX_MODEL_FILE_BYTES}`,
    );
  const files: FileLayout[] = [];
  for (const [name, file] of [['model', plan.model] as const, ['data', plan.data] as const]) {
    const layout = file && layOutFile(name, file, parts);
    if (layout) files.push(layout);
    else if (file) return { status: 'whole', reason: 'a tensor does not tell what it is made of' };
  }
  return {
    status: 'laid-out',
    files,
    ...(planned && { plan: planned }),
    ...(made.description !== undefined && { description: made.description }),
    ...(made.keptInFloat && { keptInFloat: [...made.keptInFloat] }),
    facts: await modelFacts(withZeros(made.model), shapes),
    notes: [],
  };
}

/** By the plan that there is, or by one that the header tells. */
async function makeFrom(
  model: Model,
  input: WeightsLayoutInput,
  tools: Tools,
): Promise<Omit<NewVariant, 'plan'> & { readonly plan?: Digest }> {
  if (input.plan) return { model: await applyPlan(model, input.plan, tools) };
  const { plan, ...made } = await makeWeights(model, input);
  return { ...made, plan: await tools.store.putBytes(JSON.stringify(plan)) };
}

/** What is computed of weights as zeros: facts are of types and shapes, and no code or scale decides one. */
function withZeros(model: Model): Model {
  return editScopes(model, (graph) => {
    for (const [name, { type, dims, storage }] of [...graph.initializers])
      if (storage.kind === 'computed') {
        const zeros = (): Uint8Array => new Uint8Array(storage.byteLength);
        graph.setInitializer(name, computedTensor(name, type, dims, zeros));
      }
  });
}
