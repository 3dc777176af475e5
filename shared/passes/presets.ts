/** Which passes run, in which order: plain lists, a reason a line. */
import type { Pass } from '../rewrite/pass.ts';
import { concatIntoPad } from './concat-into-pad.ts';
import { constantsToInitializers } from './constants-to-initializers.ts';
import { dropZeroStates } from './drop-zero-states.ts';
import { foldAffineAfter } from './fold-affine-after.ts';
import { foldAffineBefore } from './fold-affine-before.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { foldConstants } from './fold-constants.ts';
import { foldShapes } from './fold-shapes.ts';
import { fuseCasts } from './fuse-casts.ts';
import { fuseClips } from './fuse-clips.ts';
import { fuseGelu } from './fuse-gelu.ts';
import { fuseHardSigmoid } from './fuse-hard-sigmoid.ts';
import { fuseHardSwish } from './fuse-hard-swish.ts';
import { fuseLayerNorm } from './fuse-layer-norm.ts';
import { fuseRmsNorm } from './fuse-rms-norm.ts';
import { fuseSlices } from './fuse-slices.ts';
import { gatherFromEnd } from './gather-from-end.ts';
import { initializerInputs } from './initializer-inputs.ts';
import { inlineFunctions } from './inline-functions.ts';
import { inlineIf } from './inline-if.ts';
import { mergeCommonSubexpressions } from './merge-common-subexpressions.ts';
import { mergeConcats } from './merge-concats.ts';
import { mergeDuplicateInitializers } from './merge-duplicate-initializers.ts';
import { mergeReshapes } from './merge-reshapes.ts';
import { mergeTransposes } from './merge-transposes.ts';
import { padIntoConcat } from './pad-into-concat.ts';
import { padIntoConv } from './pad-into-conv.ts';
import { padIntoPool } from './pad-into-pool.ts';
import { removeDeadCode } from './remove-dead-code.ts';
import { removeIdentity } from './remove-identity.ts';
import { removeNeutralArithmetic } from './remove-neutral-arithmetic.ts';
import { removeNoopCasts } from './remove-noop-casts.ts';
import { removeNoopReshapes } from './remove-noop-reshapes.ts';
import { removeNoopSlices } from './remove-noop-slices.ts';
import { simplifyArithmetic } from './simplify-arithmetic.ts';
import { simplifyReshapes } from './simplify-reshapes.ts';
import { splitSlices } from './split-slices.ts';
import { transposeIntoReduce } from './transpose-into-reduce.ts';
import { unflattenMatmul } from './unflatten-matmul.ts';

/** What turns any model into its exactly optimized float32 form; run again until nothing changes. */
export const EXACT: readonly Pass[] = [
  initializerInputs,
  inlineFunctions,
  constantsToInitializers,
  foldShapes,
  inlineIf,
  // Before constants are folded: a block of zeros need not be stored.
  concatIntoPad,
  foldConstants,
  simplifyReshapes,
  removeIdentity,
  removeNoopCasts,
  removeNoopReshapes,
  removeNoopSlices,
  removeNeutralArithmetic,
  mergeTransposes,
  transposeIntoReduce,
  mergeReshapes,
  unflattenMatmul,
  mergeConcats,
  fuseCasts,
  fuseSlices,
  gatherFromEnd,
  splitSlices,
  fuseClips,
  dropZeroStates,
  padIntoConv,
  padIntoPool,
  // A hard sigmoid may be the gate of a hard swish.
  fuseHardSigmoid,
  fuseHardSwish,
  fuseGelu,
  fuseLayerNorm,
  fuseRmsNorm,
  // After the fusions: the last factor of a written-out activation must not go into the next operator.
  simplifyArithmetic,
  foldBatchNorm,
  foldAffineAfter,
  foldAffineBefore,
  mergeDuplicateInitializers,
  mergeCommonSubexpressions,
  removeDeadCode,
];

/**
 * What turns any model into one that can be trained, which computes the same; run again until nothing changes. Nothing
 * is folded into weights that learns by itself, and weights that happen to be equal stay apart.
 */
export const TRAINABLE: readonly Pass[] = EXACT.filter(
  (pass) =>
    ![foldBatchNorm, foldAffineAfter, foldAffineBefore, mergeDuplicateInitializers].includes(pass),
);

/** What makes an exactly optimized model better food for 8-bit quantization; run after {@link EXACT}, once. */
export const BEFORE_INT8: readonly Pass[] = [
  // onnxruntime has a Concat of 8-bit values and a Pad of floats alone.
  padIntoConcat,
];
