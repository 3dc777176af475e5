/** What readers say of the types of values, against what onnxruntime infers. */
import { afterAll, expect, it } from 'vitest';
import { openSource } from '../../shared/formats/open-source.ts';
import { allGraphs } from '../../shared/onnx/graph-walk.ts';
import type { ValueType } from '../../shared/onnx/model.ts';
import { inferTypes } from '../../shared/runtime/infer-types.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

const FOLDER = 'test/fixtures/tensorflow';

it.each([
  'digits_cnn/model.keras',
  'digits_cnn/saved_keras3',
  'digits_cnn/frozen.pb',
  'digits_cnn/tfjs_graph',
  'transformer/model.keras',
])('%s', async (name) => {
  using source = await openSource(`${FOLDER}/${name}`, { shown: name });
  const { model, types = new Map<string, ValueType>() } = source;
  const inferred = await inferTypes(model);
  let compared = 0;
  for (const { graph } of allGraphs(model.graph)) {
    for (const output of graph.nodes.flatMap(({ outputs }) => outputs)) {
      const [own, theirs] = [types.get(output), inferred.get(graph, output)];
      if (own?.kind !== 'tensor' || theirs?.kind !== 'tensor') continue;
      expect(own.elementType, output).toBe(theirs.elementType);
      // Where both have a number; either may know more.
      const isNumber = (axis: number) =>
        typeof own.shape?.[axis] === 'number' && typeof theirs.shape?.[axis] === 'number';
      const numbers = (shape: typeof own.shape) => shape?.filter((_, axis) => isNumber(axis));
      expect(numbers(own.shape), output).toEqual(numbers(theirs.shape));
      expect(own.shape?.length, output).toBe(theirs.shape?.length);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(10);
});
