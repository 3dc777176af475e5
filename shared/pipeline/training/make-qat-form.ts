/** `int8-qat` and `int4-qat` before their training: calibrated as static int8 is, with rounding in the graph. */
import { DefectError, UnsupportedError } from '../../base/errors.ts';
import { planQat } from '../../compress/quantize/qat/plan-qat.ts';
import { qatForm, qatTrainable } from '../../compress/quantize/qat/qat-form.ts';
import { describeQat, type QatPlan } from '../../compress/quantize/qat/qat-plan.ts';
import { INT4_OPSET } from '../../compress/quantize/qat/trained-codes.ts';
import type { Model } from '../../onnx/model.ts';
import type { KeptNode } from '../../report/schema.ts';
import type { Tools } from '../step.ts';
import { type CompressInput, SEARCH_SECONDS } from '../steps/compress.ts';
import { keptInFloat, prepareInt8 } from '../variants/make-int8.ts';
import { withChoiceSamples } from '../variants/part-samples.ts';

export interface QatForm {
  readonly model: Model;
  readonly plan: QatPlan;
  readonly trainable: string[];
  readonly description: string;
  readonly keptInFloat: KeptNode[];
  readonly notes: string[];
}

/** @throws UnsupportedError where nothing can be quantized, or no opset for it is allowed */
export async function makeQatForm(
  source: Model,
  input: CompressInput,
  tools: Tools,
): Promise<QatForm> {
  const { variant, hardware, opset, seed } = input;
  if (variant !== 'int8-qat' && variant !== 'int4-qat')
    throw new DefectError(`${variant} is not trained in integers`);
  if (variant === 'int4-qat' && opset !== undefined && opset < INT4_OPSET)
    throw new UnsupportedError(
      `int4-qat needs opset ${INT4_OPSET}, and --opset allows ${opset} at most`,
    );
  const model = await prepareInt8(source, opset);
  return withChoiceSamples(model, input, tools, async (samples) => {
    const plan = await planQat(
      model,
      {
        hardware,
        calibration: samples.calibration,
        synthetic: samples.isSynthetic,
        ...(samples.selection && { selection: samples.selection }),
        seed,
        seconds: SEARCH_SECONDS,
        log: tools.log,
      },
      variant,
    );
    const form = qatForm(model, plan);
    return {
      model: form,
      plan,
      trainable: [...qatTrainable(form, plan)],
      description: describeQat(plan),
      keptInFloat: keptInFloat(plan.int8),
      notes: [],
    };
  });
}
