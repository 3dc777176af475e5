/**
 * SpaceToBatchND → convolution → BatchToSpaceND is one convolution with dilations: TensorFlow had no other way
 * to write them for long, and runs depthwise ones so today.
 */
import { elementCount, integerValues } from '../../onnx/tensor-data.ts';
import { frontAxis, upTo } from '../build/dims.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { intsAttribute, stringAttribute, tensorAttribute } from './attributes.ts';
import { parseReference, type TfAttribute, type TfNode } from './tf-graph.ts';

/** Numbers in a list of blocks or margins: two for each axis of an image. */
const MAX_NUMBERS = 8;

/** Nodes between the convolution and BatchToSpaceND that treat all places alike. */
const MAX_BETWEEN = 4;

/** The nodes, with every BatchToSpaceND that ends such a chain replaced by what the chain computes. */
export function withDilations(nodes: readonly TfNode[]): readonly TfNode[] {
  const ends = nodes.filter(({ op }) => op === 'BatchToSpaceND');
  if (ends.length === 0) return nodes;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const replaced = new Map<string, readonly TfNode[]>();
  for (const end of ends) {
    const chain = chainOrNone(end, byName);
    if (chain) replaced.set(end.name, dilated(end, chain));
  }
  return replaced.size === 0 ? nodes : nodes.flatMap((node) => replaced.get(node.name) ?? [node]);
}

/** A broken attribute is told when its node is converted. */
function chainOrNone(end: TfNode, byName: ReadonlyMap<string, TfNode>): Chain | undefined {
  try {
    return chainOf(end, byName);
  } catch (error) {
    if (error instanceof Unconvertible) return undefined;
    throw error;
  }
}

interface Chain {
  /** What SpaceToBatchND takes. */
  readonly source: string;
  /** From behind SpaceToBatchND to before BatchToSpaceND. */
  readonly between: readonly TfNode[];
  /** Along height and width. */
  readonly dilations: readonly number[];
  readonly margins: readonly (readonly [before: number, after: number])[];
}

function chainOf(end: TfNode, byName: ReadonlyMap<string, TfNode>): Chain | undefined {
  const sourceOf = (node: TfNode | undefined, index: number): TfNode | undefined => {
    const { node: name, output } = parseReference(node?.inputs[index] ?? '');
    return output === 0 ? byName.get(name) : undefined;
  };
  const between: TfNode[] = [];
  let node = sourceOf(end, 0);
  while (node && node.op !== 'SpaceToBatchND' && between.length < MAX_BETWEEN) {
    between.unshift(node);
    node = sourceOf(node, 0);
  }
  if (node?.op !== 'SpaceToBatchND') return undefined;
  const blocks = constant(sourceOf(node, 1));
  const crops = constant(sourceOf(end, 2));
  const paddings = constant(sourceOf(node, 2));
  if (!blocks || !crops || !paddings) return undefined;
  if (constant(sourceOf(end, 1))?.join() !== blocks.join()) return undefined;
  const at = axesOf(between, blocks.length, sourceOf);
  // Cropping the result of steps of 1 is the same as padding less.
  const margins = upTo(2).map((side): [number, number] => {
    const block = at?.indexOf(side) ?? -1;
    const margin = (end: number): number =>
      block < 0 ? 0 : (paddings[2 * block + end] ?? 0) - (crops[2 * block + end] ?? 0);
    return [margin(0), margin(1)];
  });
  if (!at || margins.flat().some((margin) => margin < 0)) return undefined;
  const dilations = upTo(2).map((side) => blocks[at.indexOf(side)] ?? 1);
  return { source: node.inputs[0] ?? '', between, dilations, margins };
}

/** Which side of the convolution (0: height, 1: width) each block is of; `undefined` when it is another chain. */
function axesOf(
  between: readonly TfNode[],
  blocks: number,
  sourceOf: (node: TfNode, index: number) => TfNode | undefined,
): readonly number[] | undefined {
  const [first, ...rest] = between;
  const expanded = first?.op === 'ExpandDims' ? constant(sourceOf(first, 1))?.[0] : undefined;
  const [convolution, ...behind] = first?.op === 'ExpandDims' ? rest : between;
  if (!convolution || !isPlain(convolution)) return undefined;
  if (expanded === undefined)
    return blocks === 2 && behind.every(({ op }) => op === 'BiasAdd') ? [0, 1] : undefined;
  const axis = expanded < 0 ? expanded + 4 : expanded;
  const squeezes = behind.filter(({ op }) => op === 'Squeeze');
  const isSqueezed =
    squeezes.length === 1 &&
    behind.every(({ op }) => op === 'BiasAdd' || op === 'Squeeze') &&
    squeezes.every((squeeze) => {
      const axes = intsAttribute(squeeze, 'squeeze_dims') ?? intsAttribute(squeeze, 'axis') ?? [];
      return axes.length === 1 && frontAxis(axes[0] ?? 0, 4) === axis;
    });
  if (blocks !== 1 || !isSqueezed || (axis !== 1 && axis !== 2)) return undefined;
  return [axis === 1 ? 1 : 0];
}

/** A convolution that moves by 1 and has no padding or dilations of its own. */
function isPlain(node: TfNode): boolean {
  const isOne = (name: string): boolean =>
    (intsAttribute(node, name) ?? []).every((step) => step === 1);
  return (
    (node.op === 'Conv2D' || node.op === 'DepthwiseConv2dNative') &&
    isOne('strides') &&
    isOne('dilations') &&
    stringAttribute(node, 'padding', '') === 'VALID' &&
    stringAttribute(node, 'data_format', 'NHWC') === 'NHWC'
  );
}

function constant(node: TfNode | undefined): readonly number[] | undefined {
  if (node?.op !== 'Const') return undefined;
  const tensor = tensorAttribute(node, 'value');
  const isList = /^int(32|64)$/.test(tensor.type) && elementCount(tensor) <= MAX_NUMBERS;
  return isList ? integerValues(tensor) : undefined;
}

/** The chain without its ends; its last node takes the name of BatchToSpaceND. */
function dilated(end: TfNode, { source, between, dilations, margins }: Chain): TfNode[] {
  let input = source;
  return between.map((node, index) => {
    const name = index === between.length - 1 ? end.name : `${end.name}/${node.name}`;
    const attributes = isPlain(node)
      ? new Map([...node.attributes, ...dilatedAttributes(dilations, margins)])
      : node.attributes;
    const made = { ...node, name, attributes, inputs: [input, ...node.inputs.slice(1)] };
    input = name;
    return made;
  });
}

function dilatedAttributes(
  dilations: readonly number[],
  margins: readonly (readonly number[])[],
): (readonly [string, TfAttribute])[] {
  const ints = (numbers: readonly number[]): TfAttribute => ({
    kind: 'list',
    value: numbers.map((value) => ({ kind: 'int', value })),
  });
  return [
    ['dilations', ints([1, ...dilations, 1])],
    ['padding', { kind: 'string', value: 'EXPLICIT' }],
    ['explicit_paddings', ints([0, 0, ...margins.flat(), 0, 0])],
  ];
}
