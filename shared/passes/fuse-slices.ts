/** A slice of one element whose axis is then dropped is a Gather of that element. */
import { intsOf } from '../onnx/attributes.ts';
import { makeNode } from '../onnx/make-node.ts';
import { bytesOf, rawTensor } from '../onnx/make-tensor.ts';
import { smallInts } from '../rewrite/constants.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { frontAxis } from './shared/shapes.ts';
import { type SlicePart, sliceOf } from './shared/slice.ts';

/** Ends from here on mean "to the end". */
const FAR = 2 ** 31 - 1;

/** The position that a part takes alone, from the front or, negative, from the back. */
function singlePosition({ start, end, step }: SlicePart): number | undefined {
  if (step !== 1) return undefined;
  const isOne = end === start + 1 && end !== 0;
  return isOne || (start === -1 && end >= FAR) ? start : undefined;
}

const element = rule<{ readonly axis: number; readonly position: number }>({
  name: 'slice-of-one',
  identity: 'Squeeze(Slice(x; i : i + 1; a); a) = Gather(x, i; a)',
  pattern: op('Squeeze', [op('Slice', [any('x')], { as: 'slice' })]),
  check: (match, context) => {
    const parts = sliceOf(match.node('slice'), context);
    const rank = context.shapeOf(match.value('x'))?.length;
    const [part, ...others] = parts ?? [];
    if (!part || others.length > 0 || rank === undefined) return null;
    const { root } = match;
    const squeezed = intsOf(root, 'axes') ?? smallInts(context.constant(root.inputs[1] ?? ''));
    const axis = frontAxis(part.axis, rank);
    const position = singlePosition(part);
    const isSameAxis = squeezed?.length === 1 && frontAxis(squeezed[0] ?? 0, rank) === axis;
    return isSameAxis && position !== undefined ? { axis, position } : null;
  },
  rewrite: (match, { axis, position }, { editor }) => {
    const { name, outputs } = match.root;
    const index = rawTensor(
      editor.freshName(`${outputs[0]}_index`),
      'int64',
      [],
      bytesOf(BigInt64Array.of(BigInt(position))),
    );
    const inputs = [match.value('x'), editor.addInitializer(index)];
    editor.replace(match.root, makeNode('Gather', inputs, outputs, { axis }, name));
    editor.remove(match.node('slice'));
  },
});

export const fuseSlices = rulePass(
  'fuse-slices',
  'Squeeze(Slice(x; i : i + 1; a); a) = Gather(x, i; a)',
  [element],
  { needsTypes: true },
);
