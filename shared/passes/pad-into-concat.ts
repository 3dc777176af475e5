/**
 * Pads with zeros along one axis that is no spatial one become Concats with a constant block.
 *
 * Not exact optimization but preparation for int8: onnxruntime runs Concat on 8-bit values and Pad on
 * floats alone, so that each Pad would cost a DequantizeLinear and a QuantizeLinear of its input.
 */
import { makeNode } from '../onnx/make-node.ts';
import { float32Tensor } from '../onnx/make-tensor.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { paddingOf } from './shared/pad.ts';

interface Block {
  readonly axis: number;
  readonly isBefore: boolean;
  readonly dims: readonly number[];
}

/** Blocks are stored: above this they would cost more than the Pad. */
const MAX_BLOCK_ELEMENTS = 1 << 16;

const channels = rule<Block>({
  name: 'channel-pad',
  identity: 'Pad(x; 0, n; 0) = Concat(x, zeros)',
  pattern: op('Pad', [any('x')]),
  check: (match, context) => {
    const { root } = match;
    const x = match.value('x');
    const padding = paddingOf(root, context);
    if (padding instanceof Refusal) return null;
    const amounts = [...padding.begins, ...padding.ends];
    const places = amounts.flatMap((amount, place) => (amount === 0 ? [] : [place]));
    const [place] = places;
    const rank = padding.begins.length;
    if (place === undefined || places.length !== 1 || place % rank > 1) return null;
    const amount = amounts[place] ?? 0;
    if (amount < 0 || padding.value !== 0 || context.elementTypeOf(x) !== 'float32') return null;
    const shape = context.staticShapeOf(x);
    if (!shape) return refuse('the size of its input is not known', root);
    const dims = shape.map((size, axis) => (axis === place % rank ? amount : size));
    if (dims.reduce((product, size) => product * size, 1) > MAX_BLOCK_ELEMENTS)
      return refuse('its zeros would be a large constant', root);
    return { axis: place % rank, isBefore: place < rank, dims };
  },
  rewrite: (match, { axis, isBefore, dims }, { editor }) => {
    const { outputs, name } = match.root;
    const x = match.value('x');
    const count = dims.reduce((product, size) => product * size, 1);
    const zeros = editor.addInitializer(
      float32Tensor(editor.freshName(`${outputs[0]}_zeros`), dims, new Float32Array(count)),
    );
    const inputs = isBefore ? [zeros, x] : [x, zeros];
    editor.replace(match.root, makeNode('Concat', inputs, outputs, { axis }, name));
  },
});

export const padIntoConcat = rulePass(
  'pad-into-concat',
  'Pad(x; 0, n; 0) = Concat(x, zeros), for batch and channels',
  [channels],
  { needsTypes: true },
);
