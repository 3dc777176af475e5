/** Batch and local response normalization. */
import type { Builder } from '../../build/builder.ts';
import { inKernelType } from '../../build/compute-type.ts';
import { expectRank, upTo } from '../../build/dims.ts';
import { batchNorm, localResponseNorm, ownStatisticsNorm } from '../../build/normalize.ts';
import { squeeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute, intAttribute } from '../attributes.ts';
import { dataFormat } from '../data-format.ts';
import { input, many, one, type TfOp, type TfOpTable } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** Gives the value, the mean and, where they are given, the variance and both once more. */
function fusedBatchNorm(b: Builder, inputs: readonly Value[], node: TfNode): readonly Value[] {
  const [x, scale, offset] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const [mean, variance] = [input(inputs, 3), input(inputs, 4)];
  if (x.rank < 2) throw new Unconvertible('its value has no channels');
  const format = dataFormat(b, node, x.rank - 2);
  const epsilon = floatAttribute(node, 'epsilon', 1e-4);
  const view = format.toLast(x);
  if (!boolAttribute(node, 'is_training', true)) {
    const y = batchNorm(b, view, { scale, offset, mean, variance }, epsilon);
    return [format.fromLast(y), mean, variance, mean, variance];
  }
  // Layer normalization is written so: without given statistics, those of the value itself are meant.
  const isOwn = [mean, variance].every((part) => part.shape?.[0] === 0);
  if (!isOwn)
    throw new Unconvertible(
      'it normalizes by the batch, as in training (is_training)',
      'This graph trains: export the model for inference (training=False).',
    );
  const own = ownStatisticsNorm(b, view, { scale, offset }, epsilon);
  return [format.fromLast(own.y), squeeze(b, own.mean, [...view.sizes.keys()].slice(0, -1))];
}

const withGlobalNormalization: TfOp = many((b, inputs, node) => {
  const [x, mean, variance] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const [offset, given] = [input(inputs, 3), input(inputs, 4)];
  const channels = x.sizes.at(-1);
  const isScaled = boolAttribute(node, 'scale_after_normalization', true);
  if (!isScaled && typeof channels !== 'number')
    throw new Unconvertible('the number of its channels is free');
  const scale = isScaled
    ? given
    : b.numbers(
        upTo(Number(channels)).map(() => 1),
        x.type,
      );
  const epsilon = floatAttribute(node, 'variance_epsilon', 1e-3);
  return batchNorm(b, x, { scale, offset, mean, variance }, epsilon);
});

const lrn = one((b, x, node) => {
  expectRank(x, 4);
  return inKernelType(b, 'LRN', [x], ([value = x]) =>
    localResponseNorm(b, value, {
      radius: intAttribute(node, 'depth_radius', 5),
      bias: floatAttribute(node, 'bias', 1),
      alpha: floatAttribute(node, 'alpha', 1),
      beta: floatAttribute(node, 'beta', 0.5),
    }),
  );
});

export const NORMALIZATION: TfOpTable = {
  FusedBatchNorm: many(fusedBatchNorm),
  FusedBatchNormV2: many(fusedBatchNorm),
  FusedBatchNormV3: many(fusedBatchNorm),
  BatchNormWithGlobalNormalization: withGlobalNormalization,
  LRN: lrn,
};
