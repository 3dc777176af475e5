/** Gather: rows of a table, or channels in another order. */
import { labelOf } from '../trace.ts';
import { axisOf, backAxis, intsIn } from './axes.ts';
import type { ChannelRule } from './rule.ts';

/** Rows of a table, or some channels in some order. */
export const gather: ChannelRule = (node, trace) => {
  const [name = '', indexName = ''] = node.inputs;
  const axes = trace.axesOf(name);
  const indexRank = trace.context.shapeOf(indexName)?.length;
  if (!axes || indexRank === undefined) return 'the ranks of what it reads are not known';
  const axis = axisOf(node, axes.length, 0);
  const labels = axes[axis];
  const indices = intsIn(node, 1, trace)?.map((index) => backAxis(index, labels?.length ?? 0));
  const isChosen = labels && indices && indexRank < 2;
  if (!isChosen) trace.keep(labels, `${labelOf(node)} looks up some of them`);
  if (!isChosen) trace.freeze(indexName, `${labelOf(node)} looks up by it`);
  const chosen = isChosen
    ? Int32Array.from(indices, (index) => labels[index] as number)
    : undefined;
  // A scalar takes one channel, and its axis away.
  if (indexRank === 0) trace.keep(chosen, `${labelOf(node)} reads it alone`);
  const between = indexRank === 1 ? [chosen] : Array.from({ length: indexRank }, () => undefined);
  trace.give(node.outputs[0], [...axes.slice(0, axis), ...between, ...axes.slice(axis + 1)]);
  if (trace.context.constant(name))
    for (const made of axes.toSpliced(axis, 1)) trace.makes(node, made);
  if (isChosen && chosen) {
    trace.changes.push({
      node,
      change: (cut) => {
        if (cut.isWhole(labels)) return {};
        const places = new Map(cut.kept(labels).map((position, place) => [position, place]));
        const kept = cut.kept(chosen).map((at) => places.get(indices[at] ?? -1) ?? 0);
        return {
          inputs: node.inputs.with(
            1,
            indexRank === 0 ? cut.int(indexName, kept[0] ?? 0) : cut.ints(indexName, kept),
          ),
        };
      },
    });
  }
  return undefined;
};
