/** Layers that hold another one and use it otherwise. */
import { cast } from '../../build/cast.ts';
import { isFixed } from '../../build/dims.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { inputOf, isObject } from '../config.ts';
import type { Json, Layer, LayerCall, LayerTable } from '../layer.ts';

/** The name of a layer in serialized form. */
export function nameOfLayer(layer: Json | undefined): string | undefined {
  const config = isObject(layer) ? layer.config : undefined;
  return isObject(config) && typeof config.name === 'string' ? config.name : undefined;
}

/** The layer is used on every step by itself: steps and samples are one axis while it works. */
const timeDistributed: Layer = (call) => {
  const { b, config, weights } = call;
  const x = inputOf(call);
  const [batch = null, steps = null, ...rest] = x.sizes;
  if (!rest.every(isFixed)) throw new Unconvertible('the steps that it works on have free sizes');
  const [mask] = call.masks;
  const flat = reshape(b, x, [isFixed(batch) && isFixed(steps) ? batch * steps : -1, ...rest]);
  const inner =
    mask && mask.rank > 2
      ? reshape(b, cast(b, mask, 'bool'), [-1, ...mask.sizes.slice(2)])
      : undefined;
  const { outputs } = call.apply(
    config.layer,
    [flat],
    weights.child('layer', nameOfLayer(config.layer)),
    {
      masks: [inner],
    },
  );
  return {
    outputs: outputs.map((value) => splitSteps(call, value)),
    mask,
  };
};

/** `[N · T, …]` to `[N, T, …]`; where both sizes are free they are asked of the input. */
function splitSteps(call: LayerCall, value: Value): Value {
  const { b } = call;
  const x = inputOf(call);
  const [batch = null, steps = null] = x.sizes;
  const tail = value.sizes.slice(1);
  const shape = [batch, steps, ...tail];
  if (isFixed(batch) || isFixed(steps)) {
    const sizes = [isFixed(batch) ? batch : -1, isFixed(steps) ? steps : -1, ...tail];
    return reshape(b, value, sizes).withShape(shape);
  }
  if (!tail.every(isFixed)) throw new Unconvertible('what the layer in it gives has free sizes');
  const front = b.node('Shape', [b.hold(x)], { start: 0, end: 2 })[0] ?? '';
  const sizes = b.node('Concat', [front, b.ints(tail)], { axis: 0 })[0] ?? '';
  return b.emit('Reshape', [b.hold(value), sizes], value.type, shape);
}

export const WRAPPING_LAYERS: LayerTable = { TimeDistributed: timeDistributed };
