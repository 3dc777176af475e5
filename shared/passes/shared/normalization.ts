/** What layer and RMS normalizations have in common: means over the last axes, and scales that follow. */
import { intOf, intsOf } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import { doubleValues, smallInts } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import type { Match } from '../../rewrite/match.ts';
import { any, constant, type NodePattern, number, op } from '../../rewrite/pattern.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import { type Rule, rule } from '../../rewrite/rule.ts';
import { type FusedType, floatTensor, isFusedType } from './float-tensor.ts';
import { replaceMatch } from './replace-match.ts';
import { scalarOf } from './scalars.ts';
import { frontAxis } from './shapes.ts';

/** Over what a normalization goes, and what it adds to the mean square. */
export interface Normalization {
  readonly epsilon: number;
  /** The axes that are normalized together, counted from the front. */
  readonly axes: readonly number[];
  /** Their sizes. */
  readonly dims: readonly number[];
  /** Of the normalized value. */
  readonly rank: number;
  readonly type: FusedType;
}

/** √(mean(square) + ε), the mean named `square`. */
export function rootMeanSquare(square: NodePattern): NodePattern {
  const mean = op('ReduceMean', [square], { as: 'square' });
  return op('Sqrt', [op('Add', [mean, constant('epsilon')])]);
}

/** v · v in either spelling. */
export function squares(value: NodePattern | ReturnType<typeof any>): readonly NodePattern[] {
  return [op('Pow', [value, number(2)]), op('Mul', [value, value])];
}

/** 1 / v in either spelling. */
export function inverses(value: NodePattern): readonly NodePattern[] {
  return [op('Reciprocal', [value]), op('Div', [number(1), value])];
}

/**
 * What a match with `x` and `epsilon` normalizes, by the axes of its means, the last ones unless
 * `isAnywhere`; the operator exists from `since` on.
 */
export function normalizationOf(
  match: Match,
  context: GraphContext,
  means: readonly Node[],
  { name, since }: { readonly name: string; readonly since: number },
  isAnywhere = false,
): Normalization | Refusal | null {
  const { root } = match;
  const epsilon = scalarOf(match, 'epsilon', 'x', context);
  if (epsilon === undefined) return null;
  if (context.opset < since)
    return refuse(`${name} came with opset ${since}, the model has ${context.opset}`, root);
  const type = context.elementTypeOf(match.value('x'));
  const shape = context.shapeOf(match.value('x'));
  if (!isFusedType(type)) return refuse(`${name} takes no ${type ?? 'unknown type'}`, root);
  if (!shape) return refuse('the rank of its input is not known', root);
  const rank = shape.length;
  const [axes, ...others] = means.map((mean) => keptAxes(mean, rank, context));
  if (!axes || others.some((other) => other?.join() !== axes.join()))
    return refuse('its means are not over the same last axes', root);
  if (!isAnywhere && axes[0] !== rank - axes.length)
    return refuse('its means are not over the same last axes', root);
  const dims = axes.map((axis) => shape[axis]).filter((dim) => typeof dim === 'number');
  if (dims.length !== axes.length)
    return refuse('the size of what it normalizes is not known', root);
  return { epsilon, axes, dims, rank, type };
}

/** The axes that a ReduceMean reduces, from the front, keeping them as 1; `undefined` when it does anything else. */
function keptAxes(mean: Node, rank: number, context: GraphContext): readonly number[] | undefined {
  const axes = intsOf(mean, 'axes') ?? smallInts(context.constant(mean.inputs[1] ?? ''));
  if (!axes || axes.length === 0 || intOf(mean, 'keepdims', 1) !== 1) return undefined;
  return [...new Set(axes.map((axis) => frontAxis(axis, rank)))].sort((a, b) => a - b);
}

/** Adds a scale of ones, to be multiplied by what follows. */
export function addOnes(
  output: string,
  { dims, type }: Normalization,
  editor: GraphEditor,
): string {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const ones = new Float32Array(count).fill(1);
  return editor.addInitializer(floatTensor(editor.freshName(`${output}_scale`), type, dims, ones));
}

/** The rule that takes a constant factor after a normalization into its scale. */
export function scaleRule(operator: string): Rule {
  return rule<StoredTensor>({
    name: 'scale-after',
    identity: `${operator}(x, s) · c = ${operator}(x, s · c)`,
    pattern: op('Mul', [
      op(operator, [any('x'), constant('scale')], { as: 'norm' }),
      constant('factor'),
    ]),
    check: (match, context) => {
      if ((match.node('norm').inputs[2] ?? '') !== '') return null;
      const scale = match.constant('scale');
      const factor = spread(match.constant('factor'), scale, match, context);
      const values = doubleValues(scale);
      if (!factor || !values || !isFusedType(scale.type)) return null;
      const product = Array.from(values, (value, index) => value * (factor[index] ?? 0));
      return floatTensor('', scale.type, scale.dims, product);
    },
    rewrite: (match, product, { editor }) => {
      const norm = match.node('norm');
      const { outputs, name } = match.root;
      const scale = editor.freshName(`${outputs[0]}_scale`);
      editor.addInitializer({ ...product, name: scale });
      replaceMatch(match, editor, { ...norm, name, outputs, inputs: [match.value('x'), scale] });
      dropUnused(match.value('scale'), editor);
    },
  });
}

/** The rule that takes a constant term after a layer normalization into its shift. */
export const shiftRule = rule<StoredTensor>({
  name: 'shift-after',
  identity: 'LayerNormalization(x, s) + c = LayerNormalization(x, s, c)',
  pattern: op('Add', [
    op('LayerNormalization', [any('x'), any('scale')], { as: 'norm' }),
    constant('term'),
  ]),
  check: (match, context) => {
    if ((match.node('norm').inputs[2] ?? '') !== '') return null;
    const scale = context.constant(match.value('scale'));
    const values = scale && spread(match.constant('term'), scale, match, context);
    if (!values || !isFusedType(scale.type)) return null;
    return floatTensor('', scale.type, scale.dims, values);
  },
  rewrite: (match, term, { editor }) => {
    const norm = match.node('norm');
    const { outputs, name } = match.root;
    const shift = editor.freshName(`${outputs[0]}_shift`);
    editor.addInitializer({ ...term, name: shift });
    const inputs = [match.value('x'), match.value('scale'), shift];
    replaceMatch(match, editor, { ...norm, name, outputs, inputs });
  },
});

/** A constant beside a normalized value as one number for each element of the scale, when it broadcasts to that. */
function spread(
  tensor: StoredTensor,
  scale: StoredTensor,
  match: Match,
  context: GraphContext,
): readonly number[] | undefined {
  const rank = context.shapeOf(match.value('x'))?.length ?? scale.dims.length;
  const values = doubleValues(tensor);
  if (!values || tensor.dims.length > rank || tensor.type !== scale.type) return undefined;
  const count = elementCount(scale);
  if (elementCount(tensor) === 1) return new Array<number>(count).fill(values[0] ?? 0);
  const isOuterOne = tensor.dims.slice(0, -scale.dims.length).every((dim) => dim === 1);
  const inner = tensor.dims.slice(-scale.dims.length);
  const fits = inner.length === scale.dims.length && inner.every((dim, i) => dim === scale.dims[i]);
  return isOuterOne && fits ? Array.from(values) : undefined;
}

function dropUnused(name: string, editor: GraphEditor): void {
  if (!editor.isUsed(name) && !editor.isInput(name)) editor.removeInitializer(name);
}
