/** Shape: sizes of axes as numbers. */
import { intOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { sliceOf } from '../../../../passes/shared/slice.ts';
import { labelOf, type Trace } from '../trace.ts';
import { backAxis, clampBound, intsIn } from './axes.ts';
import type { ChannelRule } from './rule.ts';

/** Where the size of channels is read, they stay: nobody knows what is computed with it. */
export const shape: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const start = clampBound(intOf(node, 'start', 0), axes.length);
  const end = clampBound(intOf(node, 'end', axes.length), axes.length);
  const read = readPlaces(node, end - start, trace);
  axes.slice(start, end).forEach((labels, place) => {
    if (read.has(place)) trace.keep(labels, `${labelOf(node)} reads how many they are`);
  });
  return undefined;
};

/** Which of the sizes is taken out of a shape by what reads it. */
function readPlaces(node: Node, count: number, trace: Trace): ReadonlySet<number> {
  const [name = ''] = node.outputs;
  const { editor } = trace.context;
  const all = new Set(Array.from({ length: count }, (_, place) => place));
  if (editor.isOutput(name)) return all;
  const read = new Set<number>();
  for (const user of editor.consumers(name)) {
    const places = placesTaken(user, count, trace);
    if (!places) return all;
    for (const place of places) read.add(place);
  }
  return read;
}

function placesTaken(user: Node, count: number, trace: Trace): readonly number[] | undefined {
  if (user.opType === 'Gather')
    return intsIn(user, 1, trace)?.map((index) => backAxis(index, count));
  if (user.opType !== 'Slice') return undefined;
  const [part, ...others] = sliceOf(user, trace.context) ?? [];
  if (!part || others.length > 0 || part.step !== 1) return undefined;
  const [from, to] = [clampBound(part.start, count), clampBound(part.end, count)];
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}
