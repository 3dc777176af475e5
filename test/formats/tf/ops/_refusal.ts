/** What is said of graphs that cannot be converted. */
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import type { Shape } from '../../../../shared/formats/build/dims.ts';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import type { TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';

/** The message, and the hint behind it, for nodes that take `x` and give `y`; of other nodes the empty text. */
export function refusalOf(
  nodes: readonly TfNode[],
  shape: Shape | null,
  type: ElementType = 'float32',
): string {
  try {
    convertGraph(
      {
        nodes,
        functions: new Map(),
        inputs: [{ name: 'x', tensor: 'x', type, shape }],
        outputs: [{ name: 'y', tensor: 'y' }],
        notes: [],
      },
      { title: 'graph' },
    );
    return '';
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return [error.message, error.hint].filter(Boolean).join('\n');
  }
}
