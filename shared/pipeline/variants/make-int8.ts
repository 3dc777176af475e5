/** `int8`: activations and weights in 8 bits, calibrated on data, guarded by the selection samples. */

import { UnsupportedError } from '../../base/errors.ts';
import type { Int8Plan } from '../../compress/quantize/int8/int8-plan.ts';
import { quantizeInt8 } from '../../compress/quantize/int8/quantize-int8.ts';
import {
  batchNormRanges,
  type CarriedRange,
} from '../../compress/quantize/int8/statistics/batch-norm-ranges.ts';
import type { Model } from '../../onnx/model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { optimizeExact } from '../../passes/optimize-exact.ts';
import { BEFORE_INT8 } from '../../passes/presets.ts';
import { raiseOpset } from '../../passes/raise-opset.ts';
import type { KeptNode } from '../../report/schema.ts';
import { runPasses } from '../../rewrite/run-passes.ts';
import { inferTypes } from '../../runtime/infer-types.ts';
import { artifactPath, type StoredArtifact } from '../artifact.ts';
import type { Tools } from '../step.ts';
import { SEARCH_SECONDS } from '../steps/compress.ts';
import { withChoiceSamples } from './part-samples.ts';
import type { VariantMaker } from './variant-maker.ts';

/** Scales by channel came with opset 13. */
const LOWEST_OPSET = 13;
/** Activations that opset 9 writes out are one operator by then, and stay in float as one kernel. */
const WANTED_OPSET = 17;
const SYNTHETIC = 'synthetic calibration, accuracy unknown';
const NONE_LEFT = 'synthetic calibration: there was no sample to calibrate on';
/** More nodes than these in a report are read by nobody; the plan has them all. */
const LISTED = 100;

export const makeInt8: VariantMaker = async (source, input, tools) => {
  const model = await prepareInt8(source, input.opset);
  const carried = input.source && (await readCarried(input.source, tools));
  const made = await withChoiceSamples(model, input, tools, (samples) =>
    quantizeInt8(model, {
      hardware: input.hardware,
      calibration: samples.calibration,
      synthetic: samples.isSynthetic,
      ...(carried && { carried }),
      ...(samples.selection && { selection: samples.selection }),
      seed: input.seed,
      seconds: SEARCH_SECONDS,
      log: tools.log,
    }),
  );
  const kept = new Map(made.plan.kept.map((node) => [`${node.scope}${node.name}`, node]));
  return {
    model: made.model,
    plan: made.plan,
    description: describeInt8(made.plan),
    keptInFloat: keptInFloat(made.plan),
    sensitivity: {
      measure: 'mean squared Hellinger distance or relative squared error of the outputs',
      layers: made.sensitivity.slice(0, LISTED).map(({ ref, damage }) => ({
        node: ref.name,
        op: made.plan.nodes.find(({ name }) => name === ref.name)?.op ?? 'float',
        damage,
        kept: kept.has(`${ref.scope}${ref.name}`),
      })),
    },
    notes: made.plan.calibration.synthetic
      ? [input.data.synthetic ? SYNTHETIC : NONE_LEFT, ...made.notes]
      : made.notes,
  };
};

/** What the BatchNormalizations of the model as it came say of its values. */
async function readCarried(
  artifact: StoredArtifact,
  tools: Tools,
): Promise<ReadonlyMap<string, CarriedRange>> {
  using source = openModel(await artifactPath(artifact, tools));
  return batchNormRanges(source.model);
}

/**
 * The model as the quantizer wants it: opset, activations in one piece, Concat instead of Pad.
 * @throws UnsupportedError where `limit` allows no opset that int8 can be written in
 */
export async function prepareInt8(source: Model, limit = WANTED_OPSET): Promise<Model> {
  const opset = source.opsets.get('') ?? 1;
  const wanted = Math.min(WANTED_OPSET, limit);
  if (Math.max(opset, wanted) < LOWEST_OPSET) {
    throw new UnsupportedError(
      `int8 needs opset ${LOWEST_OPSET}, and --opset allows ${wanted} at most`,
    );
  }
  if (opset >= wanted) return (await runPasses(source, BEFORE_INT8)).model;
  const raised = raiseOpset(source, wanted, await inferTypes(source));
  return (await runPasses((await optimizeExact(raised)).model, BEFORE_INT8)).model;
}

/** `38 Conv and 12 MatMul in 8 bits, weights alone of 4 Conv, ranges by min-max over 64 samples`. */
export function describeInt8({ nodes, weightsAlone, equalized, calibration }: Int8Plan): string {
  return [
    ...(nodes.length > 0 ? [`${countOps(nodes)} in 8 bits`] : []),
    ...(weightsAlone.length > 0 ? [`weights alone of ${countOps(weightsAlone)}`] : []),
    ...(equalized.length > 0
      ? [`channels of ${equalized.length} ${equalized.length === 1 ? 'value' : 'values'} equalized`]
      : []),
    `ranges by ${calibration.method} over ${calibration.samples} samples`,
  ].join(', ');
}

function countOps(nodes: readonly { readonly op: string }[]): string {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => `${count} ${op}`).join(' and ');
}

/** What stays in float32, for the report: the first of a long list. */
export const keptInFloat = ({ kept }: Int8Plan): KeptNode[] => kept.slice(0, LISTED).map(keptNode);

function keptNode({ node, name, op, reason, damage }: Int8Plan['kept'][number]): KeptNode {
  return {
    node: node || name,
    op,
    precision: 'float32',
    reason,
    ...(damage !== undefined && { damage }),
  };
}
