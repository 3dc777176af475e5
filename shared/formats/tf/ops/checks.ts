/** Ops that check or hold back what they hand on, and what stands for inputs. */
import { mergeShapes } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { shapeAttribute } from '../attributes.ts';
import { many, one, type TfOp, type TfOpTable } from '../op.ts';

const pass: TfOp = one((_, x) => x);

/** Nothing depends on what is only checked or waited for. */
const nothing: TfOp = many(() => []);

const openInput: TfOp = () => {
  throw new Unconvertible(
    'an input of the graph that is none of the model',
    'Name it among the inputs with --inputs.',
  );
};

export const CHECKS: TfOpTable = {
  StopGradient: pass,
  PreventGradient: pass,
  Snapshot: pass,
  CheckNumerics: pass,
  CheckNumericsV2: pass,
  EnsureShape: one((_, x, node) =>
    x.withShape(mergeShapes(x.shape, shapeAttribute(node, 'shape') ?? null)),
  ),
  PlaceholderWithDefault: pass,
  Placeholder: openInput,
  Assert: nothing,
  NoOp: nothing,
};
