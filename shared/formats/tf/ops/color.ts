/** Colors: red, green and blue, hue, saturation and value, along the last axis. */
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, comparison, unary, where } from '../../build/elementwise.ts';
import { concat, split } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { one, type TfOpTable, two } from '../op.ts';

/** The three channels, each with the last axis of size 1. */
type Channels = readonly [Value, Value, Value];

function channelsOf(b: Builder, x: Value): Channels {
  if (x.sizes.at(-1) !== 3) throw new Unconvertible('its last axis does not hold three colors');
  const [first, second, third] = split(b, x, [1, 1, 1], -1);
  if (first && second && third) return [first, second, third];
  throw new Unconvertible('its last axis does not hold three colors');
}

/** Small programs over values read better with operators by name. */
const calculator = (b: Builder, like: Value) => ({
  add: (x: Value, y: Value): Value => arithmetic(b, 'Add', x, y),
  subtract: (x: Value, y: Value): Value => arithmetic(b, 'Sub', x, y),
  multiply: (x: Value, y: Value): Value => arithmetic(b, 'Mul', x, y),
  divide: (x: Value, y: Value): Value => arithmetic(b, 'Div', x, y),
  number: (value: number): Value => b.scalar(value, like.type),
});

/** Hue and saturation are 0 where they are not defined. */
function toHsv(b: Builder, [red, green, blue]: Channels): Channels {
  const { add, subtract, multiply, divide, number } = calculator(b, red);
  const value = arithmetic(b, 'Max', arithmetic(b, 'Max', red, green), blue);
  const least = arithmetic(b, 'Min', arithmetic(b, 'Min', red, green), blue);
  const range = subtract(value, least);
  const zero = number(0);
  const isColored = comparison(b, 'Greater', range, zero);
  const isLit = comparison(b, 'Greater', value, zero);
  const divisor = (is: Value, x: Value): Value => where(b, is, x, number(1));
  const saturation = where(b, isLit, divide(range, divisor(isLit, value)), zero);
  const sixth = divide(number(1 / 6), divisor(isColored, range));
  const sector = (high: Value, low: Value, start: number): Value =>
    add(multiply(sixth, subtract(high, low)), number(start / 6));
  const isRed = comparison(b, 'Equal', red, value);
  const isGreen = comparison(b, 'Equal', green, value);
  const angle = where(
    b,
    isRed,
    multiply(sixth, subtract(green, blue)),
    where(b, isGreen, sector(blue, red, 2), sector(red, green, 4)),
  );
  const turned = where(b, comparison(b, 'Less', angle, zero), add(angle, number(1)), angle);
  return [where(b, isColored, turned, zero), saturation, value];
}

function toRgb(b: Builder, [hue, saturation, value]: Channels): Channels {
  const { add, subtract, multiply, number } = calculator(b, hue);
  const angle = multiply(hue, number(6));
  const far = (from: number): Value => unary(b, 'Abs', subtract(angle, number(from)));
  const red = clip(b, subtract(far(3), number(1)), 0, 1);
  const green = clip(b, subtract(number(2), far(2)), 0, 1);
  const blue = clip(b, subtract(number(2), far(4)), 0, 1);
  const white = subtract(number(1), saturation);
  const lit = (share: Value): Value => multiply(add(white, multiply(saturation, share)), value);
  return [lit(red), lit(green), lit(blue)];
}

const joined = (b: Builder, channels: Channels): Value => concat(b, channels, -1);

export const COLOR: TfOpTable = {
  RGBToHSV: one((b, x) => joined(b, toHsv(b, channelsOf(b, x)))),
  HSVToRGB: one((b, x) => joined(b, toRgb(b, channelsOf(b, x)))),
  AdjustContrastv2: two((b, x, factor) => {
    const { add, subtract, multiply } = calculator(b, x);
    const mean = reduce(b, 'ReduceMean', x, [-3, -2], true);
    return add(multiply(subtract(x, mean), cast(b, factor, x.type)), mean);
  }),
  AdjustSaturation: two((b, x, scale) => {
    const [hue, saturation, value] = toHsv(b, channelsOf(b, x));
    const { multiply } = calculator(b, x);
    const scaled = clip(b, multiply(saturation, cast(b, scale, x.type)), 0, 1);
    return joined(b, toRgb(b, [hue, scaled, value]));
  }),
  AdjustHue: two((b, x, delta) => {
    const [hue, saturation, value] = toHsv(b, channelsOf(b, x));
    const { add, subtract } = calculator(b, x);
    const moved = add(hue, cast(b, delta, x.type));
    return joined(b, toRgb(b, [subtract(moved, unary(b, 'Floor', moved)), saturation, value]));
  }),
};
