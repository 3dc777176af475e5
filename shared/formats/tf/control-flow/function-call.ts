/** Calls of functions: their nodes are written where they are called. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { functionAttribute } from '../attributes.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../op.ts';

const call: TfStructuralOp = (inputs, context) =>
  context.call(functionAttribute(context.node, 'f'), inputs);

export const FUNCTION_CALLS: TfStructuralOpTable = {
  PartitionedCall: call,
  StatefulPartitionedCall: call,
  TPUPartitionedCall: (inputs, context) =>
    // Its last input says on which device it runs.
    context.call(functionAttribute(context.node, 'f'), inputs.slice(0, -1)),
  SymbolicGradient: () => {
    throw new Unconvertible(
      'it derives a function',
      'This graph trains: export an inference signature, or give --signature.',
    );
  },
};
