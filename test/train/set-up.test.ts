import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import type { LossSpec } from '../../shared/train/loss-spec.ts';
import { batchFeeds, setUp, teacherInputs } from '../../shared/train/set-up.ts';
import { xor, xorNet } from './_nets.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);

const classes: LossSpec = {
  kind: 'classes',
  output: 'p',
  form: 'numbers',
  scale: 'logits',
  axis: -1,
};
const modelOf = (text: string) => parseModel(`<ir_version: 8, opset_import: ["": 17]> ${text}`);

test('a batch with its labels, and norms that learn', async () => {
  const samples = xor();
  const set = await setUp(xorNet(), await samples.sample(0), {
    loss: classes,
    batch: 4,
    trainsNorms: true,
  });
  expect(set.states.map(({ name }) => name)).toEqual(['mean', 'variance']);
  const feeds = await batchFeeds(set, samples, [3, 0, 1, 2]);
  expect(feeds.x?.dims).toEqual([4, 2]);
  expect(feeds[set.head.extraInputs[0]?.name ?? '']).toEqual({
    type: 'int64',
    dims: [4],
    data: BigInt64Array.of(1n, 1n, 0n, 0n),
  });
  const one = await setUp(xorNet(), await samples.sample(0), {
    loss: classes,
    batch: 1,
    trainsNorms: true,
  });
  // The variance of one sample is zero.
  expect(one.states).toEqual([]);
});

test('a teacher gives what goes into its softmax', async () => {
  const loss: LossSpec = {
    kind: 'teacher',
    outputs: [{ student: 'p', teacher: 'q', loss: 'probabilities', scale: 'logits', axis: -1 }],
    temperature: 2,
    hard: 0,
    features: [{ student: 'r', teacher: 'h' }],
  };
  const teacher =
    modelOf(`g (float[n,2] given) => (float[n,2] q) <float[2,16] a = {${Array(32).fill(1).join()}}, float[16,2] b = {${Array(32).fill(1).join()}}> {
    h = MatMul (given, a) l = MatMul (h, b) q = Softmax (l) }`);
  const set = await setUp(
    xorNet(),
    { x: floats([1, 2], 1, 2) },
    { loss, teacher, batch: 4, trainsNorms: false },
  );
  expect(set.helper?.inputs).toEqual({ given: 'x' });
  expect(set.helper?.outputs.map(({ output }) => output)).toEqual(['l', 'h']);
  expect(set.helper?.model.graph.outputs.map(({ name, type }) => [name, type])).toEqual([
    ['l', { kind: 'tensor', elementType: 'float32', shape: [4, 2] }],
    ['h', { kind: 'tensor', elementType: 'float32', shape: [4, 16] }],
  ]);
});

test('inputs by name, else by position, where they fit', () => {
  const student = modelOf('g (float[n,2] a, float[n,3] b) => (float[n,2] y) { y = Neg (a) }');
  const swapped = modelOf('g (float[n,3] b, float[n,2] a) => (float[n,2] y) { y = Neg (a) }');
  const named = modelOf('g (float[k,2] c, float[k,3] d) => (float[k,2] y) { y = Neg (c) }');
  expect(teacherInputs(swapped, student)).toEqual({ b: 'b', a: 'a' });
  expect(teacherInputs(named, student)).toEqual({ c: 'a', d: 'b' });
  const less = modelOf('g (float[n,3] c) => (float[n,3] y) { y = Neg (c) }');
  expect(() => teacherInputs(less, student)).toThrow('the student has "a"');
});
