import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { inverse, renamePorts, renameTensors } from '../../shared/pipeline/rename-ports.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

/** Inner values have the names that inputs and outputs are to get; a branch reads an input from outside. */
const model = parseModel(
  `<ir_version: 8, opset_import: ["": 17]>
   g (float[2] a, bool flag) => (float[2] c, float[2] a2, float[2] w)
   <float[2] w = {7, 8}, float[2] x = {1, 1}> {
     b = Add (a, x)
     y = If (flag) <
       then_branch = t () => (float[2] c) { c = Add (a, b) },
       else_branch = e () => (float[2] x2) { x2 = Sub (a, b) }
     >
     c = Neg (y)
     a2 = Identity (a)
   }`,
);
const tensor = (...values: number[]) => ({
  type: 'float32' as const,
  dims: [2],
  data: Float32Array.from(values),
});
const yes = { type: 'bool' as const, dims: [], data: Uint8Array.of(1) };

test('the model computes the same under other names, whatever inner values are called', async () => {
  const names = {
    inputs: { a: 'x', flag: 'b' },
    outputs: { c: 'y', a2: 'a', w: 'c' },
  };
  const renamed = renamePorts(model, names);
  expect(verifyModel(renamed)).toEqual([]);
  expect(renamed.graph.inputs.map(({ name }) => name)).toEqual(['x', 'b']);
  expect(renamed.graph.outputs.map(({ name }) => name)).toEqual(['y', 'a', 'c']);
  await using before = await openSession(model);
  await using after = await openSession(renamed);
  const wanted = await before.run({ a: tensor(1, 2), flag: yes });
  const given = await after.run({ x: tensor(1, 2), b: yes });
  expect(renameTensors(given, inverse(names.outputs))).toEqual(wanted);
});

test('tensors without another name keep theirs', () => {
  const named = { a: tensor(1), b: tensor(2) };
  expect(Object.keys(renameTensors(named, { a: 'x' }))).toEqual(['x', 'b']);
});
