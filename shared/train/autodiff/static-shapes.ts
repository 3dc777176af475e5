/** Shapes of all float32 values of a graph, none of their sizes free: what gradients are made over. */
import { UnsupportedError } from '../../base/errors.ts';
import type { Dim, Model } from '../../onnx/model.ts';
import { inferTypes } from '../../runtime/infer-types.ts';
import type { Shape } from '../emitter.ts';

/**
 * The batch must be fixed before. Values of other types are left out: nothing flows back through them.
 * @throws UnsupportedError for a value whose sizes depend on data
 */
export async function staticShapes(model: Model): Promise<ReadonlyMap<string, Shape>> {
  const { graph } = model;
  const shapes = new Map<string, Shape>();
  for (const [name, { type, dims }] of graph.initializers)
    if (type === 'float32') shapes.set(name, dims);
  const table = await inferTypes(model);
  for (const [name, type] of table.of(graph)) {
    if (type.kind !== 'tensor' || type.elementType !== 'float32') continue;
    if (!type.shape || !isStatic(type.shape))
      throw new UnsupportedError(
        `the shape of ${name} is not fixed, so that nothing can be trained through it`,
        {
          where: name,
          hint: 'Give the shapes of the inputs.',
        },
      );
    shapes.set(name, type.shape);
  }
  return shapes;
}

const isStatic = (shape: readonly Dim[]): shape is readonly number[] =>
  shape.every((dim) => typeof dim === 'number');
