/** The window of a Conv or a pooling operator: how it pads, and padding moved into it. */
import { intOf, intsOf, stringOf } from '../../onnx/attributes.ts';
import type { Attribute, Node } from '../../onnx/model.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import type { Padding } from './pad.ts';

/** The pads of the node for so many spatial axes (all begins, then all ends), unless they depend on the input's size. */
export function windowPads(node: Node, spatial: number): readonly number[] | Refusal {
  const auto = stringOf(node, 'auto_pad', 'NOTSET');
  if (auto === 'VALID') return new Array<number>(2 * spatial).fill(0);
  if (auto !== 'NOTSET' && auto !== '') return refuse(`it pads by auto_pad ${auto}`, node);
  return intsOf(node, 'pads') ?? new Array<number>(2 * spatial).fill(0);
}

/** Pads of the node with those of a Pad before it; a refusal where they are no padding of spatial axes. */
export function addedPads(node: Node, pad: Node, padding: Padding): readonly number[] | Refusal {
  const { begins, ends } = padding;
  const all = [...begins, ...ends];
  if (all.some((amount) => amount < 0)) return refuse('it crops', pad);
  if ([...begins.slice(0, 2), ...ends.slice(0, 2)].some((amount) => amount !== 0))
    return refuse('it pads the batch or the channels', pad);
  const more = [...begins.slice(2), ...ends.slice(2)];
  const own = windowPads(node, more.length / 2);
  if (!Array.isArray(own)) return own as Refusal;
  if (own.length !== more.length) return refuse('it pads another number of axes', pad);
  return own.map((amount, place) => amount + (more[place] ?? 0));
}

/** The attributes of the node with these pads. */
export function withPads(node: Node, pads: readonly number[]): Map<string, Attribute> {
  const attributes = new Map(node.attributes);
  attributes.delete('auto_pad');
  return attributes.set('pads', { type: 'ints', value: pads });
}

/** Whether every window has an element that is no padding, whatever the input's size. */
export function seesInput(node: Node, pads: readonly number[]): boolean {
  const kernel = intsOf(node, 'kernel_shape') ?? [];
  const dilations = intsOf(node, 'dilations') ?? [];
  const reaches = pads.every((amount, place) => amount < (kernel[place % kernel.length] ?? 0));
  return reaches && dilations.every((step) => step === 1) && intOf(node, 'ceil_mode', 0) === 0;
}
