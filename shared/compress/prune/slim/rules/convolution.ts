/** Conv and ConvTranspose: sums over the channels of a group, at every place. */
import { intOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import type { Labels } from '../channels.ts';
import { labelOf, type Trace } from '../trace.ts';
import { weightOf } from './root-of.ts';
import type { ChannelRule } from './rule.ts';

/** A convolution's channels, whichever way its weights lie. */
interface Parts {
  readonly node: Node;
  readonly groups: number;
  /** Of the data. */
  readonly ins: Labels | undefined;
  /** Of the weights: along the inputs (all of them, or those of a group), and along the outputs likewise. */
  readonly weightIns: Labels | undefined;
  readonly weightOuts: Labels | undefined;
  readonly inSize: number;
  readonly outSize: number;
}

/** Weights [O, I / groups, …]. */
export const conv: ChannelRule = (node, trace) => convolve(node, trace, 1, 0);

/** Weights [I, O / groups, …]. */
export const convTranspose: ChannelRule = (node, trace) => convolve(node, trace, 0, 1);

function convolve(node: Node, trace: Trace, inAxis: 0 | 1, outAxis: 0 | 1): string | undefined {
  const [x = '', w = '', bias = ''] = node.inputs;
  const [data, weight] = [trace.axesOf(x), trace.axesOf(w)];
  const [rows, columns] = [trace.sizeOf(w, 0), trace.sizeOf(w, 1)];
  if (!data || !weight || rows === undefined || columns === undefined)
    return 'the sizes of what it reads are not known';
  const places = `${labelOf(node)} moves over them`;
  for (const labels of [...data.slice(2), ...weight.slice(2)]) trace.keep(labels, places);
  const groups = intOf(node, 'group', 1);
  const sizes = [rows, columns * groups];
  const parts: Parts = {
    node,
    groups,
    ins: data[1],
    weightIns: weight[inAxis],
    weightOuts: weight[outAxis],
    inSize: sizes[inAxis] ?? 0,
    outSize: sizes[outAxis] ?? 0,
  };
  const outs = outputsOf(parts, trace);
  if (bias !== '')
    trace.join([outs, trace.axesOf(bias)?.[0]], `${labelOf(node)} has a bias that has to stay`);
  trace.give(node.outputs[0], [data[0], outs, ...data.slice(2).map(() => undefined)]);
  return undefined;
}

function outputsOf(parts: Parts, trace: Trace): Labels | undefined {
  const { groups, inSize, outSize } = parts;
  if (groups === 1) return plain(parts, trace);
  // Whole groups, or the same channels of every group: whichever leaves more to choose from.
  const isFine = Math.min(inSize, outSize) / groups > groups;
  return isFine ? narrowGroups(parts, trace) : wholeGroups(parts, trace);
}

function plain(parts: Parts, trace: Trace): Labels | undefined {
  const { node, ins, weightIns, weightOuts } = parts;
  const labels = trace.join([ins, weightIns], staying(node));
  contract(parts, labels, trace);
  trace.makes(node, weightOuts);
  return weightOuts;
}

/** Each group goes as a whole, what it reads and what it makes; of a depthwise convolution a channel. */
function wholeGroups(parts: Parts, trace: Trace): Labels | undefined {
  const { node, groups, ins, weightIns, weightOuts, inSize, outSize } = parts;
  const [inCount, outCount] = [inSize / groups, outSize / groups];
  if (!ins || ins.length !== inSize) {
    for (const labels of [ins, weightIns, weightOuts]) trace.keep(labels, staying(node));
    return undefined;
  }
  const ofGroup = Int32Array.from({ length: groups }, (_, group) => ins[group * inCount] as number);
  const spread = (count: number): Labels =>
    Int32Array.from(
      { length: groups * count },
      (_, at) => ofGroup[Math.floor(at / count)] as number,
    );
  const outs = spread(outCount);
  trace.join([ins, spread(inCount)], staying(node));
  // Axes of the weights go over all groups, or over the channels of one.
  const tie = (labels: Labels | undefined, all: Labels): void => {
    if (labels?.length === all.length) trace.join([all, labels], staying(node));
    else trace.keep(labels, `${labelOf(node)} has as many in each of its groups`);
  };
  tie(weightIns, spread(inCount));
  tie(weightOuts, outs);
  trace.changes.push({
    node,
    change: (cut) => ({
      attributes: new Map(node.attributes).set('group', {
        type: 'int',
        value: (groups * cut.kept(ins).length) / ins.length,
      }),
    }),
  });
  return outs;
}

/** All groups stay, and each loses the same of its channels. */
function narrowGroups(parts: Parts, trace: Trace): Labels | undefined {
  const { node, groups, ins, weightIns, weightOuts, inSize, outSize } = parts;
  const first = (labels: Labels | undefined, size: number): Labels | undefined =>
    labels?.subarray(0, size / groups);
  const repeated = (labels: Labels | undefined): Labels | undefined =>
    labels &&
    Int32Array.from(
      { length: groups * labels.length },
      (_, at) => labels[at % labels.length] as number,
    );
  const inside = (labels: Labels | undefined, size: number): Labels | undefined => {
    const own = repeated(first(labels, size));
    return labels?.length === size ? trace.join([labels, own], staying(node)) : own;
  };
  const sums = trace.join([ins, inside(weightIns, inSize)], staying(node));
  if (sums) trace.join([sums, repeated(first(sums, inSize))], staying(node));
  contract(parts, sums, trace);
  const outs = inside(weightOuts, outSize);
  trace.makes(node, outs);
  return outs;
}

function contract({ node, weightIns }: Parts, labels: Labels | undefined, trace: Trace): void {
  const weight = weightOf(node.inputs[1] ?? '', weightIns, trace);
  if (labels) trace.contractions.push({ node, input: 0, axis: 1, labels, ...weight });
}

const staying = (node: Node): string => `${labelOf(node)} reads channels that have to stay`;
