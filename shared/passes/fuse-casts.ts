/** Casts in a row are one, where the first loses nothing. */
import { intOf } from '../onnx/attributes.ts';
import { type ElementType, elementTypeOf } from '../onnx/element-type.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';

/** Types that hold every value of a type. */
const WIDER: Partial<Readonly<Record<ElementType, readonly ElementType[]>>> = {
  bool: [
    'uint8',
    'int8',
    'uint16',
    'int16',
    'uint32',
    'int32',
    'uint64',
    'int64',
    'float16',
    'bfloat16',
    'float32',
    'float64',
  ],
  uint8: ['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64', 'float16', 'float32', 'float64'],
  int8: ['int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
  uint16: ['uint32', 'int32', 'uint64', 'int64', 'float32', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  uint32: ['uint64', 'int64', 'float64'],
  int32: ['int64', 'float64'],
  float16: ['float32', 'float64'],
  bfloat16: ['float32', 'float64'],
  float32: ['float64'],
};

const chain = rule<null | true>({
  name: 'cast-chain',
  identity: 'Cast(Cast(x; wider type); t) = Cast(x; t)',
  pattern: op('Cast', [op('Cast', [any('x')], { as: 'inner', isShared: true })]),
  check: (match, context) => {
    const inner = match.node('inner');
    const from = context.elementTypeOf(match.value('x'));
    const middle = elementTypeOf(intOf(inner, 'to', 0));
    if (!from || !middle) return null;
    const keepsAll = from === middle || WIDER[from]?.includes(middle);
    return keepsAll ? true : refuse(`from ${from} to ${middle} values are lost`, inner);
  },
  rewrite: (match, _, { editor }) => {
    editor.update(match.root, { inputs: [match.value('x')] });
    const inner = match.node('inner');
    if (!editor.isUsed(inner.outputs[0] ?? '')) editor.remove(inner);
  },
});

export const fuseCasts = rulePass(
  'fuse-casts',
  'Cast(Cast(x; t); u) = Cast(x; u), where t holds every value of the type of x',
  [chain],
  { needsTypes: true },
);
