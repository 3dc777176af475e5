/** The door for models of strangers: put in order, verified, and what was odd about them said. */
import { ModelError } from '../base/errors.ts';
import type { Model } from './model.ts';
import { sortNodes } from './sort-nodes.ts';
import { assertValid, verifyModel } from './verify.ts';

export interface AcceptedModel {
  /** The same object where nothing had to be put in order. */
  readonly model: Model;
  /** What is against the rules of ONNX and does no harm. */
  readonly notes: readonly string[];
}

/** How many harmless problems are named: an exporter makes the same one everywhere. */
const NAMED = 3;

/** Sorts nodes that stand in a wrong order. `what` names the model. @throws ModelError for what onnxruntime would not take either */
export function acceptModel(given: Model, what?: string): AcceptedModel {
  const { model, moved } = sortNodes(given);
  assertValid(model, what);
  if (model.graph.outputs.length === 0)
    throw new ModelError(`${what ?? 'the model'} has no outputs: it computes nothing`, {
      hint: 'Export it with the outputs that you need.',
    });
  const harmless = verifyModel(model).filter(({ isHarmless }) => isHarmless);
  const named = harmless
    .slice(0, NAMED)
    .map(({ where, message }) => `against the rules of ONNX, but harmless: ${where}: ${message}`);
  const more = harmless.length - named.length;
  return {
    model,
    notes: [
      ...(moved > 0 ? [orderNote(moved)] : []),
      ...named,
      ...(more > 0 ? [`${more} more of that kind`] : []),
    ],
  };
}

/** What is said of nodes that had to be sorted. */
export const orderNote = (moved: number): string =>
  `${moved === 1 ? 'a node stands before what it reads' : `${moved} nodes stand before what they read`}: taken in the right order`;
