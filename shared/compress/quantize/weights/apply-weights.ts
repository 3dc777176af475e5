/** Carries out a weight plan: the float32 model with its weights in the forms that the plan names. */
import { DefectError } from '../../../base/errors.ts';
import type { Model } from '../../../onnx/model.ts';
import { raiseOpset } from '../../../passes/raise-opset.ts';
import { editScopes, keyOf } from '../int8/scopes.ts';
import { findWeightUses } from './find-weight-uses.ts';
import { SharedWeights } from './forms/form.ts';
import { FORMS } from './forms/forms.ts';
import type { RoundedWeight } from './rounded-weight.ts';
import type { WeightPlan } from './weight-plan.ts';

/**
 * The quantized model; the model itself for an empty plan. New weights are computed when they are
 * written, one after the other. `rounded`: codes that were made beforehand, by node.
 * @throws UnsupportedError where the opset has to be raised and cannot be.
 */
export function applyWeightPlan(
  model: Model,
  plan: WeightPlan,
  rounded: ReadonlyMap<string, RoundedWeight> = new Map(),
): Model {
  if (plan.nodes.length === 0) return model;
  const raised = raiseOpset(model, plan.opset);
  const planned = new Map(plan.nodes.map((node) => [keyOf(node), node]));
  const uses = new Map(findWeightUses(raised).uses.map((use) => [use.node, use]));
  const weights = new SharedWeights();
  const edited = editScopes(raised, (graph, scope) => {
    const activations = new Map<string, readonly string[]>();
    for (const node of [...graph.nodes()]) {
      const key = keyOf({ scope, name: node.outputs[0] ?? '' });
      const entry = planned.get(key);
      const use = uses.get(node);
      if (!entry || !use) continue;
      planned.delete(key);
      const given = rounded.get(key);
      if (entry.rounding === 'output-error' && !given)
        throw new DefectError(
          `weight plan: codes of '${entry.name}' need the data they were made of`,
        );
      FORMS[entry.form].apply({
        ...{ graph, node, use, planned: entry, weights, activations },
        ...(given && { rounded: given }),
      });
    }
    weights.removeUnused(graph);
  });
  const [missing] = planned.values();
  if (missing) throw new DefectError(`weight plan: ${missing.op} '${missing.name}' is not there`);
  return withImports(edited, plan);
}

function withImports(model: Model, { nodes }: WeightPlan): Model {
  const forms = nodes.map(({ form }) => FORMS[form]);
  const irVersion = Math.max(model.irVersion, ...forms.map((form) => form.irVersion));
  const isComplete = model.opsets.has('com.microsoft') || !forms.some((form) => form.isContrib);
  const opsets = isComplete ? model.opsets : new Map(model.opsets).set('com.microsoft', 1);
  return { ...model, irVersion, opsets };
}
