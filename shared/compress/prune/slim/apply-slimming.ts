/** Removes the channels that a plan names: from weights, from the nodes that count them, from declared types. */
import { DefectError } from '../../../base/errors.ts';
import { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model } from '../../../onnx/model.ts';
import { inferTypes } from '../../../runtime/infer-types.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import type { Labels } from './channels.ts';
import { Cut } from './cut.ts';
import { cutTensor } from './cut-tensor.ts';
import { findGroups } from './find-groups.ts';
import type { SlimPlan } from './slim-plan.ts';
import type { Axes, Trace } from './trace.ts';
import { traceChannels } from './trace-channels.ts';

/** The part of a plan that says what goes. */
export type Removals = readonly {
  readonly name: string;
  readonly scores: readonly number[];
  readonly removed: readonly number[];
}[];

/**
 * The model without the channels: it gives what the model gives where these are zero for all that sums over them.
 * @throws DefectError for a plan of another model
 */
export async function applySlimming(
  model: Model,
  plan: SlimPlan,
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> = {},
): Promise<Model> {
  if (plan.groups.every(({ removed }) => removed.length === 0)) return model;
  const trace = traceChannels(model, await inferTypes(model, options));
  return removeChannels(model, trace, plan.groups);
}

/** The same with what is known of the model's channels. */
export function removeChannels(model: Model, trace: Trace, removals: Removals): Model {
  const editor = new GraphEditor(model.graph, { irVersion: model.irVersion });
  const cut = new Cut(trace.channels, removedChannels(trace, removals), editor);
  for (const { node, change } of trace.changes) {
    const changes = change(cut);
    if (Object.keys(changes).length === 0) continue;
    const { inputs } = editor.update(node, changes);
    for (const name of node.inputs) if (!inputs.includes(name)) removeUnused(editor, name);
  }
  for (const [name, axes] of trace.constants) cutConstant(editor, name, axes, cut);
  const graph = editor.build();
  const valueInfo = new Map(
    [...graph.valueInfo].filter(([name]) => isUnchanged(trace.values.get(name), cut)),
  );
  return { ...model, graph: { ...graph, valueInfo } };
}

function removedChannels(trace: Trace, removals: Removals): ReadonlySet<number> {
  const { groups } = findGroups(trace);
  const byName = new Map(groups.map((group) => [group.name, group]));
  return new Set(
    removals.flatMap(({ name, scores, removed }) => {
      const units = byName.get(name)?.units ?? [];
      if (units.length !== scores.length)
        throw new DefectError(
          `the plan has ${scores.length} channels for '${name}', the model ${units.length}`,
        );
      return removed.map((at) => {
        const unit = units[at];
        if (!unit) throw new DefectError(`'${name}' has no channel ${at}`);
        return unit.channel;
      });
    }),
  );
}

function cutConstant(editor: GraphEditor, name: string, axes: Axes, cut: Cut): void {
  if (isUnchanged(axes, cut)) return;
  const tensor = editor.constant(name);
  // What a change has replaced needs no cut.
  if (!tensor || !editor.isUsed(name)) return;
  const kept = axes.map((labels) => (labels ? cut.kept(labels) : undefined));
  const result = { ...cutTensor(tensor, kept), name };
  const producer = editor.producer(name);
  if (producer) {
    editor.remove(producer);
    editor.addInitializer(result);
  } else editor.setInitializer(name, result);
}

const isUnchanged = (axes: Axes | undefined, cut: Cut): boolean =>
  (axes ?? []).every((labels: Labels | undefined) => !labels || cut.isWhole(labels));

function removeUnused(editor: GraphEditor, name: string): void {
  if (editor.isUsed(name) || editor.isInput(name)) return;
  const producer = editor.producer(name);
  if (producer?.opType === 'Constant') editor.remove(producer);
  else editor.removeInitializer(name);
}
