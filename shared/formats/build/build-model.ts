/** A model from a source: built at the lowest opset that can express it. */
import { ModelError, UnsupportedError } from '../../base/errors.ts';
import { irVersionOf } from '../../onnx/ir-version.ts';
import type { Model } from '../../onnx/model.ts';
import { NEWEST_OPSET } from '../../ops/find-op.ts';
import { Builder, type Origin } from './builder.ts';
import { prune } from './prune.ts';
import { NeedsOpset, Unconvertible } from './unconvertible.ts';

/** The lowest version that is written: LayerNormalization is in it, and every runtime of today takes it. */
export const LOWEST_OPSET = 17;

export interface BuiltModel {
  readonly model: Model;
  /** Values of the main graph by the tensors of the source that they are. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * Runs `build` on an empty graph; again, where it turns out to need a later opset.
 * @throws UnsupportedError when `opset` is given and does not do
 */
export function buildModel(opset: number | undefined, build: (b: Builder) => void): BuiltModel {
  if (opset !== undefined && (opset < LOWEST_OPSET || opset > NEWEST_OPSET))
    throw new UnsupportedError(`opset ${opset} cannot be written from this format`, {
      hint: `Give one from ${LOWEST_OPSET} to ${NEWEST_OPSET}.`,
    });
  for (let version = opset ?? LOWEST_OPSET; ; ) {
    const b = Builder.root(version, opset !== undefined);
    try {
      build(b);
      return { model: modelOf(b), origins: b.origins };
    } catch (error) {
      if (error instanceof Unconvertible) throw new ModelError(error.message, { cause: error });
      if (!(error instanceof NeedsOpset) || error.opset <= version) throw error;
      version = error.opset;
    }
  }
}

function modelOf(b: Builder): Model {
  return {
    irVersion: irVersionOf(b.opset),
    opsets: new Map([['', b.opset]]),
    graph: prune(b.graph('main')),
    functions: [],
    producerName: 'fettle',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}
