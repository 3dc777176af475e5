/** Einstein sums: matrix products where they are such, ONNX's Einsum elsewhere. */
import type { Builder } from './builder.ts';
import { type Dim, isFixed, type Shape, sizeOf, upTo } from './dims.ts';
import { arithmetic } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { reduce } from './reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from './reshape.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** A value and the letter of each of its axes. */
interface Lettered {
  readonly value: Value;
  readonly letters: readonly string[];
}

/**
 * The sum that `equation` writes ("abc,cd->abd", with "..." and without "->" too). The bias is added to a
 * product whose last letters are those that only the second operand has; it has their shape.
 * @throws Unconvertible for an equation that does not fit the operands
 */
export function einsum(
  b: Builder,
  equation: string,
  operands: readonly Value[],
  bias?: Value,
): Value {
  const { inputs, output } = parse(equation, operands);
  const rest = [...inputs];
  let sum = rest.shift();
  if (!sum) throw new Unconvertible('an einsum of no values');
  if (inputs.some(({ letters }) => new Set(letters).size < letters.length) || !sizesAgree(inputs))
    return withBias(b, whole(b, inputs, output), bias);
  if (rest.length === 0) return transposeTo(b, sumOut(b, sum, output), output);
  for (let next = rest.shift(); next; next = rest.shift()) {
    // What a later operand or the result still needs is kept.
    const needed = new Set([...output, ...rest.flatMap(({ letters }) => letters)]);
    const kept: readonly string[] =
      rest.length === 0 ? output : lettersOf([sum, next]).filter((l) => needed.has(l));
    const last = rest.length === 0;
    sum = {
      value: product(b, sum, next, kept, last ? bias : undefined),
      letters: kept,
    };
  }
  return sum.value;
}

const lettersOf = (values: readonly Lettered[]): string[] => [
  ...new Set(values.flatMap(({ letters }) => letters)),
];

/** Letters of each operand and of the result; "..." becomes letters of its own. */
function parse(
  equation: string,
  operands: readonly Value[],
): { readonly inputs: readonly Lettered[]; readonly output: readonly string[] } {
  const bad = (): Unconvertible =>
    new Unconvertible(`its equation "${equation}" does not fit its inputs`);
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  if (terms.length !== operands.length) throw bad();
  const free = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !equation.includes(letter));
  const spread = Math.max(
    0,
    ...terms.map((term, at) =>
      term.includes('...') ? (operands[at]?.rank ?? 0) - (term.length - 3) : 0,
    ),
  );
  if (spread > free.length) throw bad();
  const dots = free.slice(0, spread);
  const inputs = terms.map((term, at) => {
    const value = operands[at];
    if (!value) throw bad();
    const own = value.rank - (term.length - 3);
    const letters = [...term.replace('...', () => dots.slice(dots.length - own).join(''))];
    if (letters.length !== value.rank || !letters.every((l) => /[a-zA-Z]/.test(l))) throw bad();
    return { value, letters };
  });
  const all = inputs.flatMap(({ letters }) => letters);
  const single = [...new Set(all)].filter(
    (letter) => !dots.includes(letter) && all.indexOf(letter) === all.lastIndexOf(letter),
  );
  const output =
    right === undefined ? [...dots, ...single.sort()] : [...right.replace('...', dots.join(''))];
  if (!output.every((letter) => all.includes(letter))) throw bad();
  return { inputs, output };
}

/** Sizes of one letter are equal where they are known: others are broadcast, which a product cannot. */
function sizesAgree(inputs: readonly Lettered[]): boolean {
  const sizes = new Map<string, number>();
  for (const { value, letters } of inputs)
    for (const [axis, letter] of letters.entries()) {
      const size = value.sizes[axis];
      if (!isFixed(size)) continue;
      if ((sizes.get(letter) ?? size) !== size) return false;
      sizes.set(letter, size);
    }
  return true;
}

/** The size of a letter, as far as any operand tells it. */
function sizeFor(inputs: readonly Lettered[], letter: string): Dim {
  const sizes = inputs.flatMap(({ value, letters }) =>
    letters.flatMap((own, axis) => (own === letter ? [value.sizes[axis] ?? null] : [])),
  );
  const fixed = sizes.filter(isFixed);
  return fixed.length > 0 ? Math.max(...fixed) : (sizes.find((size) => size !== null) ?? null);
}

/** One node for all of it. */
function whole(b: Builder, inputs: readonly Lettered[], output: readonly string[]): Value {
  const equation = `${inputs.map(({ letters }) => letters.join('')).join(',')}->${output.join('')}`;
  const [first] = inputs;
  if (!first) throw new Unconvertible('an einsum of no values');
  const shape = output.map((letter) => sizeFor(inputs, letter));
  const names = inputs.map(({ value }) => b.hold(value));
  return b.emit('Einsum', names, first.value.type, shape, { attributes: { equation } });
}

const withBias = (b: Builder, value: Value, bias: Value | undefined): Value =>
  bias ? arithmetic(b, 'Add', value, bias) : value;

/** Summed over the letters that are not kept. */
function sumOut(b: Builder, { value, letters }: Lettered, kept: readonly string[]): Lettered {
  const axes = letters.flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  return {
    value: reduce(b, 'ReduceSum', value, axes, false),
    letters: letters.filter((letter) => kept.includes(letter)),
  };
}

const transposeTo = (b: Builder, { value, letters }: Lettered, wanted: readonly string[]): Value =>
  wanted.every((letter, place) => letters[place] === letter)
    ? value
    : transpose(
        b,
        value,
        wanted.map((letter) => letters.indexOf(letter)),
      );

/** Two operands as one matrix product between transposes and reshapes, of which many are empty. */
function product(
  b: Builder,
  first: Lettered,
  second: Lettered,
  output: readonly string[],
  bias: Value | undefined,
): Value {
  const left = sumOut(b, first, [...output, ...second.letters]);
  const right = sumOut(b, second, [...output, ...left.letters]);
  const shared = left.letters.filter((letter) => right.letters.includes(letter));
  const batch = shared.filter((letter) => output.includes(letter));
  const summed = shared.filter((letter) => !output.includes(letter));
  const rows = left.letters.filter((letter) => !shared.includes(letter));
  const columns = right.letters.filter((letter) => !shared.includes(letter));
  const sizes = (letters: readonly string[]): Shape =>
    letters.map((letter) => sizeFor([left, right], letter));
  // Without a batch, rows are left as they are: a matrix product takes any number of axes in front.
  const joinRows = batch.length > 0 || rows.length === 0;
  const isFree = (letters: readonly string[]): boolean =>
    letters.length > 1 && !sizes(letters).every(isFixed);
  const asWhole = (): Value => withBias(b, whole(b, [left, right], output), bias);
  if ((joinRows && isFree(rows)) || isFree(columns) || isFree(summed)) return asWhole();
  const x = joinGroups(
    b,
    left,
    batch,
    joinRows ? [rows, summed] : [...rows.map((l) => [l]), summed],
  );
  const y = joinGroups(b, right, batch, [summed, columns]);
  const flat = withBias(b, matmul(b, x, y), bias && joinBias(b, bias));
  const kept = batch.length + (joinRows ? 0 : rows.length);
  const tail = [...(joinRows ? rows : []), ...columns];
  const value = splitGroups(b, flat, kept, joinRows ? [rows, columns] : [columns], sizes);
  return transposeTo(b, { value, letters: [...batch, ...(joinRows ? [] : rows), ...tail] }, output);
}

const joinBias = (b: Builder, bias: Value): Value =>
  bias.rank > 1 ? reshape(b, bias, [-1]) : bias;

/** Axes in the order of the groups, each group joined to one axis; an empty one is an axis of size 1. */
function joinGroups(
  b: Builder,
  from: Lettered,
  batch: readonly string[],
  groups: readonly (readonly string[])[],
): Value {
  const value = transposeTo(b, from, [...batch, ...groups.flat()]);
  if (groups.every((group) => group.length === 1)) return value;
  if (groups.every((group) => group.length <= 1)) {
    const empty = groups.flatMap((group, at) => (group.length === 0 ? [batch.length + at] : []));
    return unsqueeze(b, value, empty);
  }
  let axis = batch.length;
  const sizes = groups.map((group) => {
    const part = value.sizes.slice(axis, axis + group.length);
    axis += group.length;
    return part.length === 1 ? (part[0] ?? null) : sizeOf(part.filter(isFixed));
  });
  return reshapeBehind(b, value, batch.length, sizes);
}

/** Takes joined groups apart again, behind `kept` axes. */
function splitGroups(
  b: Builder,
  flat: Value,
  kept: number,
  groups: readonly (readonly string[])[],
  sizes: (letters: readonly string[]) => Shape,
): Value {
  if (groups.every((group) => group.length === 1)) return flat;
  if (groups.every((group) => group.length <= 1)) {
    const empty = groups.flatMap((group, at) => (group.length === 0 ? [kept + at] : []));
    return squeeze(b, flat, empty);
  }
  const behind = groups.flatMap((group, at) =>
    group.length === 1 ? [flat.sizes[kept + at] ?? null] : sizes(group),
  );
  return reshapeBehind(b, flat, kept, behind);
}

/** Another shape behind the first axes, which stay whatever their sizes are. At most one of `sizes` may be free. */
export function reshapeBehind(b: Builder, x: Value, kept: number, sizes: Shape): Value {
  const shape = [...x.sizes.slice(0, kept), ...sizes];
  const free = sizes.filter((size) => !isFixed(size)).length;
  if (x.constant || shape.every(isFixed) || free > 1 || sizes.includes(0))
    return reshape(b, x, shape);
  const numbers = [...upTo(kept).map(() => 0), ...sizes.map((size) => (isFixed(size) ? size : -1))];
  return b.emit('Reshape', [b.hold(x), b.ints(numbers)], x.type, shape);
}
