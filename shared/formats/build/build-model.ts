/** A model from a source: built at the lowest opset that can express it. */
import { ModelError, UnsupportedError } from '../../base/errors.ts';
import { irVersionOf } from '../../onnx/ir-version.ts';
import type { Graph, Model, ValueType } from '../../onnx/model.ts';
import { NEWEST_OPSET } from '../../ops/find-op.ts';
import { Builder, type Origin } from './builder.ts';
import { PAD_AXES_OPSET, padsToGuard, withGuardedPads } from './guard-pads.ts';
import { prune } from './prune.ts';
import { NeedsOpset, Unconvertible } from './unconvertible.ts';

/** The lowest version that is written: LayerNormalization is in it, and every runtime of today takes it. */
export const LOWEST_OPSET = 17;

export interface BuiltModel {
  readonly model: Model;
  /** Values of the main graph by the tensors of the source that they are. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Of values that nodes make, by name, as far as they were known while it was built. */
  readonly types: ReadonlyMap<string, ValueType>;
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
      const graph = prune(b.graph('main'));
      const isLater = opset === undefined && version < PAD_AXES_OPSET;
      if (isLater && padsToGuard(graph).length > 0)
        throw new NeedsOpset(PAD_AXES_OPSET, 'a maximum over margins of zeros');
      return { model: modelOf(b.opset, graph), origins: b.origins, types: b.types };
    } catch (error) {
      if (error instanceof Unconvertible) throw new ModelError(error.message, { cause: error });
      if (!(error instanceof NeedsOpset) || error.opset <= version) throw error;
      version = error.opset;
    }
  }
}

function modelOf(opset: number, graph: Graph): Model {
  return {
    irVersion: irVersionOf(opset),
    opsets: new Map([['', opset]]),
    graph: opset < PAD_AXES_OPSET ? graph : withGuardedPads(graph),
    functions: [],
    producerName: 'fettle',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}
