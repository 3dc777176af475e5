/** What becomes of masks when values are merged; Keras 2 and 3 have other rules. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { upTo } from '../../build/dims.ts';
import { broadcast } from '../../build/elementwise.ts';
import { concat, expand } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import type { LayerCall } from '../layer.ts';

const combine = (b: Builder, op: 'And' | 'Or', masks: readonly Value[]): Value =>
  masks
    .map((mask) => cast(b, mask, 'bool'))
    .reduce((all, mask) => broadcast(b, op, [all, mask], 'bool'));

/** Of sums and the like. Keras 2: all that are there; Keras 3: one of them, when all are there. */
export function mergedMask({ b, masks, keras }: LayerCall): Value | undefined {
  const given = masks.flatMap((mask) => mask ?? []);
  if (given.length === 0 || (keras === 3 && given.length < masks.length)) return undefined;
  return combine(b, keras === 2 ? 'And' : 'Or', given);
}

/** Of a concatenation along `axis`. */
export function joinedMask(
  { b, inputs, masks, keras }: LayerCall,
  axis: number,
): Value | undefined {
  if (!masks.some((mask) => mask)) return undefined;
  const wide = inputs.map((input, index) => {
    const mask = masks[index];
    const flags = mask
      ? unsqueeze(
          b,
          cast(b, mask, 'bool'),
          upTo(input.rank - mask.rank).map((item) => mask.rank + item),
        )
      : b.numbers(
          [1],
          'bool',
          input.sizes.map(() => 1),
        );
    return expand(b, flags, shapeOf(b, input, 'int64'));
  });
  const joined = cast(b, concat(b, wide, axis), 'int32');
  return cast(b, reduce(b, keras === 2 ? 'ReduceMin' : 'ReduceMax', joined, [-1], false), 'bool');
}

/** A mask over the features of a value too. */
const spread = (b: Builder, mask: Value, x: Value): Value =>
  unsqueeze(
    b,
    cast(b, mask, 'bool'),
    upTo(x.rank - mask.rank).map((item) => mask.rank + item),
  );

/** Products of Keras 3: what does not count is 1, and 0 where nothing does. */
export function maskedProduct(
  { b, masks }: LayerCall,
  inputs: readonly Value[],
  multiply: (x: Value, y: Value) => Value,
): Value {
  const filled = inputs.map((x, index) => {
    const mask = masks[index];
    return mask ? broadcast(b, 'Where', [spread(b, mask, x), x, b.scalar(1, x.type)], x.type) : x;
  });
  const product = filled.reduce(multiply);
  const given = masks.flatMap((mask) => mask ?? []);
  if (given.length < masks.length) return product;
  const any = spread(b, combine(b, 'Or', given), product);
  return broadcast(b, 'Where', [any, product, b.scalar(0, product.type)], product.type);
}

/** Maxima and minima of Keras 3: where one of two does not count the other one is taken. */
export function maskedExtreme(
  { b, masks }: LayerCall,
  inputs: readonly Value[],
  merge: (x: Value, y: Value) => Value,
): Value {
  const [first, ...rest] = inputs;
  if (!first) throw new Unconvertible('it is called without inputs');
  let [mask] = masks;
  let output = first;
  for (const [index, given] of rest.entries()) {
    const own = masks[index + 1];
    const x = own
      ? broadcast(b, 'Where', [spread(b, own, given), given, output], given.type)
      : given;
    if (mask) output = broadcast(b, 'Where', [spread(b, mask, output), output, x], x.type);
    mask = own && mask ? combine(b, 'Or', [mask, own]) : undefined;
    output = merge(output, x);
  }
  return output;
}
