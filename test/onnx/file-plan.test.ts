import { expect, it } from 'vitest';
import { planFiles } from '../../shared/onnx/file-plan.ts';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import { MemoryTarget } from '../../shared/onnx/wire/byte-targets.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { graph, model as modelOf } from './_build.ts';

const model = (bytes: number) => {
  const tensor = computedTensor('w', 'uint8', [bytes], () => new Uint8Array(bytes).fill(3));
  return modelOf(
    graph([makeNode('Identity', ['w'], ['y'])], [], ['y'], {
      initializers: new Map([['w', tensor]]),
    }),
  );
};

it('a model is one file until it would pass 1.9 GB, and is known to the byte before', () => {
  const small = planFiles(model(5000), 'm.data');
  expect(small).toEqual({
    model: expect.objectContaining({ bytes: encodeModel(model(5000)).length }),
  });
  const large = planFiles(model(1_900_000_001), 'm.data');
  expect(large.data).toMatchObject({ location: 'm.data', bytes: 1_900_000_001 });
  expect(large.model.bytes).toBeLessThan(300);
});

it('weights lie beside it always or never where that is said', () => {
  expect(planFiles(model(5000), 'm.data', 'always').data?.bytes).toBe(5000);
  expect(planFiles(model(1_900_000_001), 'm.data', 'never').data).toBeUndefined();
  // There is nothing that could.
  expect(planFiles(model(10), 'm.data', 'always').data).toBeUndefined();
});

it('gives the same bytes twice', () => {
  const { model: file } = planFiles(model(5000), 'm.data', 'never');
  const given = [1, 2].map(() => {
    const target = new MemoryTarget(file.bytes);
    file.stream(target);
    return target.bytes;
  });
  expect(given[0]).toEqual(given[1]);
  expect(given[0]).toEqual(encodeModel(model(5000)));
});
