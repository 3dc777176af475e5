/** Groups as lines, for tables of cases. */
import type { Model, Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { IMAGE, n, net, w } from './_nets.ts';
import { traced } from './_removal.ts';

/** `makers units×width`, then what stays whole and why; what is in the output is left out. */
export async function described(model: Model): Promise<readonly string[]> {
  const { groups, whole } = await traced(model);
  return [
    ...groups.map(
      ({ makers, units }) => `${makers.join('+')} ${units.length}x${units[0]?.width ?? 0}`,
    ),
    ...whole
      .filter(({ reason }) => reason !== "they are in output 'y'")
      .map(({ name, channels, reason }) => `${name} ${channels}: ${reason}`),
  ];
}

/** Four axes of any size. */
export const ANY = ['n', 'c', 'h', 'w'];

/** A convolution that makes `f` of 8 channels from an image, nodes that make `z` of it, one that reads `z`. */
export const between = (
  channels: number,
  initializers: readonly StoredTensor[],
  ...nodes: readonly Node[]
): Model =>
  net(
    IMAGE,
    ANY,
    [w('a', 8, 3, 1, 1), w('last', 4, channels, 1, 1), ...initializers],
    n('Conv', ['x', 'a'], ['f']),
    ...nodes,
    n('Conv', ['z', 'last'], ['y']),
  );
