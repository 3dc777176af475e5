/**
 * Whether a model keeps the rules of ONNX: a table of rule families, each in a file of its own.
 * Linear in nodes, names and edges; weights are not read.
 */
import { ModelError } from '../base/errors.ts';
import type { Model } from './model.ts';
import { checkBodies } from './verify/bodies.ts';
import { checkDeclaredTypes } from './verify/declared-types.ts';
import { checkDefinitions } from './verify/definitions.ts';
import { calledFunctions, checkFunctions } from './verify/functions.ts';
import { checkOpsets } from './verify/opsets.ts';
import { type Check, type Problem, ProblemList, type RuleName } from './verify/problem.ts';
import { scopesOf } from './verify/scope.ts';
import { checkSignatures } from './verify/signatures.ts';
import { checkTensors } from './verify/tensors.ts';

export type { Problem, RuleName } from './verify/problem.ts';

/** In the order in which a reader of the problems wants them: later ones often follow from earlier ones. */
const FAMILIES: readonly Check[] = [
  checkOpsets,
  checkDefinitions,
  checkSignatures,
  checkBodies,
  checkFunctions,
  checkTensors,
  checkDeclaredTypes,
];

/** All problems, at most 100. An empty list: the model is well formed. */
export function verifyModel(model: Model): readonly Problem[] {
  const problems = new ProblemList();
  const scopes = scopesOf(model);
  for (const check of FAMILIES) check({ model, scopes, problems });
  return problems.found;
}

/** How many problems the message names: more would be no paragraph. */
const NAMED = 3;

/** `what` names the model. @throws ModelError that names the first problems; harmless ones and those of functions that nothing calls are none. */
export function assertValid(model: Model, what = 'the model'): void {
  const problems = gravest(verifyModel({ ...model, functions: calledFunctions(model) }));
  const [first] = problems;
  if (!first) return;
  const named = problems.slice(0, NAMED).map(({ where, message }) => `${where}: ${message}`);
  const more = problems.length > NAMED ? ` (and ${problems.length - NAMED} more)` : '';
  throw new ModelError(`${what} breaks the rules of ONNX: ${named.join('; ')}${more}`, {
    where: first.where,
    hint: ADVICE[first.rule] ?? 'Export the model again, or mend it where it was made.',
  });
}

const ADVICE: Partial<Readonly<Record<RuleName, string>>> = {
  'op-version': 'Declare the opset that the model was made for, or export it again.',
  'attribute-name': 'Take the attribute out, or declare the opset in which the operator has it.',
  'opset-import': 'Declare the opset that the model was made for.',
};

/** Without what is harmless, and without wrong orders that follow from a cycle. */
function gravest(problems: readonly Problem[]): readonly Problem[] {
  const grave = problems.filter(({ isHarmless }) => !isHarmless);
  const isCyclic = grave.some(({ rule }) => rule === 'acyclic');
  return isCyclic ? grave.filter(({ rule }) => rule !== 'topological-order') : grave;
}
