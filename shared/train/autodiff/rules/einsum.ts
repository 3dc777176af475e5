/** Einstein sums: the gradient of each operand is one of the result's gradient with the other operands. */
import { stringOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import { type GradientRule, gradientOf, inputOf, NoGradient, shapeOfInput } from '../rule.ts';

/** Letters of each operand and of the result, an ellipsis among them as capital Greek ones, one an axis. */
interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

const einsum: GradientRule = (input) => {
  const { back, node, needs } = input;
  const shapes = node.inputs.map((_, position) => shapeOfInput(input, position));
  const { operands, result } = parse(stringOf(node, 'equation', ''), shapes);
  const gradient = gradientOf(input);
  const sizes = sizesOf(operands, shapes);
  // Of a letter that the first operand has with size 1, onnxruntime tells that size for the result, too.
  if (result.some((letter, axis) => sizes.get(letter) !== back.shapeOf(gradient)[axis]))
    throw new NoGradient('Einsum whose first operand broadcasts');
  return operands.map((letters, position) => {
    if (!needs(position)) return undefined;
    if (new Set(letters).size < letters.length) throw new NoGradient('Einsum of a diagonal');
    const shape = shapes[position] ?? [];
    const others = operands.flatMap((own, at) => (at === position ? [] : [{ own, at }]));
    const terms = [result, ...others.map(({ own }) => own)];
    // A size of 1 that others make wider is summed over; what was summed alone is repeated.
    const isKept = letters.map(
      (letter, axis) =>
        terms.some((term) => term.includes(letter)) && sizes.get(letter) === shape[axis],
    );
    const kept = letters.filter((_, axis) => isKept[axis]);
    const equation = `${terms.map((term) => term.join('')).join(',')}->${kept.join('')}`;
    const factors = [gradient, ...others.map(({ at }) => inputOf(input, at))];
    const sum = back.emit(
      'Einsum',
      factors,
      shape.filter((_, axis) => isKept[axis]),
      { attributes: { equation: ascii(equation) } },
    );
    const apart = shape.map((size, axis) => (isKept[axis] ? size : 1));
    return back.expand(back.reshape(sum, apart), shape);
  });
};

/** By letter, as broadcasting makes it. */
function sizesOf(
  operands: readonly (readonly string[])[],
  shapes: readonly Shape[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((letters, at) => {
    letters.forEach((letter, axis) => {
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, shapes[at]?.[axis] ?? 1));
    });
  });
  return sizes;
}

/** Letters that stand for axes of an ellipsis until they are written. */
const ELLIPSIS = 'ΓΔΘΛΞΠΣΦΨΩ';
const FREE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Greek letters as Latin ones that the equation does not use. */
function ascii(equation: string): string {
  const free = [...FREE].filter((letter) => !equation.includes(letter));
  return [...equation]
    .map((letter) => (ELLIPSIS.includes(letter) ? free[ELLIPSIS.indexOf(letter)] : letter))
    .join('');
}

/** @throws NoGradient for an ellipsis of more axes than there are letters for */
function parse(written: string, shapes: readonly Shape[]): Equation {
  const [left = '', right] = written.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  const axes = terms.map((term, at) =>
    term.includes('...') ? (shapes[at]?.length ?? 0) - (term.length - 3) : 0,
  );
  const widest = Math.max(...axes);
  if (widest > ELLIPSIS.length) throw new NoGradient('Einsum of too many axes');
  // Axes of an ellipsis are counted from the last one.
  const lettersOf = (term: string, count: number): string[] =>
    [...term.replace('...', '…')].flatMap((letter) =>
      letter === '…' ? [...ELLIPSIS.slice(widest - count, widest)] : [letter],
    );
  const operands = terms.map((term, at) => lettersOf(term, axes[at] ?? 0));
  if (right !== undefined) return { operands, result: lettersOf(right, widest) };
  const all = operands.flat().filter((letter) => !ELLIPSIS.includes(letter));
  const once = [...new Set(all)].filter(
    (letter) => all.indexOf(letter) === all.lastIndexOf(letter),
  );
  return { operands, result: [...ELLIPSIS.slice(0, widest), ...once.sort()] };
}

/** By op type. */
export const EINSUMS: Readonly<Record<string, GradientRule>> = { Einsum: einsum };
