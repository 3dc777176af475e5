/** `data_format`: layers with their channels behind the batch are computed as the others are. */
import type { Builder } from '../build/builder.ts';
import { upTo } from '../build/dims.ts';
import { channelsFirst } from '../build/order.ts';
import { transpose } from '../build/reshape.ts';
import type { Value } from '../build/value.ts';
import { isChannelsFirst } from './config.ts';
import type { JsonObject } from './layer.ts';

/** `[N, C, spatial …]` seen as `[N, spatial …, C]`; costs no node. */
export const channelsToBack = (b: Builder, x: Value): Value =>
  transpose(b, x, [0, ...upTo(x.rank).slice(2), 1]);

/** `[N, spatial …, C]` seen as `[N, C, spatial …]`; costs no node. */
export const channelsToFront = (b: Builder, x: Value): Value =>
  transpose(b, x, channelsFirst(x.rank - 2));

/** What `work` makes of a value `[N, spatial …, C]`, in the layer's own `data_format`. */
export function withChannelsLast(
  b: Builder,
  config: JsonObject,
  x: Value,
  work: (x: Value) => Value,
): Value {
  if (!isChannelsFirst(config)) return work(x);
  const made = work(channelsToBack(b, x));
  return made.rank > 2 ? channelsToFront(b, made) : made;
}
