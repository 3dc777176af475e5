/** All weights of a plan that can be rounded by output error: once for each damping. */
import type { Model } from '../../../onnx/model.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import { keyOf } from '../int8/scopes.ts';
import type { Deadline } from '../int8/search/deadline.ts';
import type { Samples } from '../int8/statistics/fold-taps.ts';
import { weightMatrix } from '../int8/weighted-nodes.ts';
import { blockOptions } from '../weights/block-options.ts';
import { quantizeBlocks } from '../weights/kernels/int4-blocks.ts';
import { quantizeChannels } from '../weights/kernels/quantize-channels.ts';
import type { RoundedWeight } from '../weights/rounded-weight.ts';
import { collectInputs, type TargetInputs } from './collect-inputs.ts';
import type { RoundTarget } from './find-targets.ts';
import { reconstructBlocks } from './reconstruct-blocks.ts';
import { reconstructChannels } from './reconstruct-channels.ts';

/** By the key of each node that reads them. */
export type RoundedWeights = ReadonlyMap<string, RoundedWeight>;

export interface RoundOptions {
  readonly dampings: readonly number[];
  readonly deadline: Deadline;
  readonly session?: SessionOptions;
}

/** Rows · columns · columns of a part, of all weights together: two to three minutes. A count, so that machines give the same codes. */
const MAX_WORK = 3e10;

/**
 * In the order of the dampings. Weights are taken as their moments come, until the work or the time is over; at most
 * one's are held.
 */
export async function roundTargets(
  model: Model,
  targets: readonly RoundTarget[],
  samples: () => Samples,
  { dampings, deadline, session = {} }: RoundOptions,
): Promise<{ readonly rounded: readonly RoundedWeights[]; readonly done: number }> {
  const rounded = dampings.map(() => new Map<string, RoundedWeight>());
  let work = 0;
  let done = 0;
  for await (const { target, inputs } of collectInputs(model, targets, samples, session)) {
    if (deadline.isOver) break;
    const { rows = 0, columns = 0 } = target.readers[0]?.node ?? {};
    const own = rows * columns * inputs.size * dampings.length;
    if (work + own > MAX_WORK) continue;
    work += own;
    done++;
    const made = roundTarget(target, inputs, dampings);
    for (const [index, one] of made.entries())
      for (const { planned } of target.readers) rounded[index]?.set(keyOf(planned), one);
  }
  return { rounded, done };
}

function roundTarget(
  { weight: { tensor, layout }, kind, readers }: RoundTarget,
  inputs: TargetInputs,
  dampings: readonly number[],
): readonly RoundedWeight[] {
  const [reader] = readers;
  if (!reader) return [];
  const { node, planned } = reader;
  const values = weightMatrix(node, floatValues(tensor));
  if (kind === 'channels') {
    const { scales } = quantizeChannels(tensor, layout);
    return dampings.map((damping) => ({
      channels: reconstructChannels(node, values, scales, inputs, damping),
    }));
  }
  const options = blockOptions(planned);
  if (!options) return [];
  const { rows: N, columns: K, axis } = node;
  const nearest = quantizeBlocks(tensor, { N, K, transposed: axis === 0 }, options);
  return dampings.map((damping) => ({
    blocks: reconstructBlocks({ N, K, values }, nearest, options, inputs, damping),
  }));
}
