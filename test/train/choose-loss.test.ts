import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { chooseLoss, type LossWishes, MIN_SAMPLES } from '../../shared/train/choose-loss.ts';
import { convNet, stripes, xor, xorNet } from './_nets.ts';

afterAll(closeSharedProcess);

const labels: LossWishes = { hasLabels: true };
const modelOf = (text: string) => parseModel(`<ir_version: 8, opset_import: ["": 17]> ${text}`);

test('classes, and the logits in front of a softmax', async () => {
  const { loss, notes } = await chooseLoss(xorNet(), xor(), labels);
  expect(loss).toMatchObject({ kind: 'classes', output: 'p', form: 'numbers' });
  expect(notes).toEqual(['cross-entropy of the logits of "p" against 2 classes']);
});

test('a teacher, with labels and without', async () => {
  const teacher = xorNet();
  const alone = await chooseLoss(xorNet(), xor(), { hasLabels: false, teacher });
  expect(alone.loss).toEqual({
    kind: 'teacher',
    outputs: [
      { student: 'p', teacher: 'p', loss: 'probabilities', scale: 'probabilities', axis: -1 },
    ],
    temperature: 2,
    hard: 0,
  });
  const both = await chooseLoss(xorNet(), xor(), { ...labels, teacher, hard: 0.25 });
  expect(both.loss).toMatchObject({ kind: 'teacher', hard: 0.25, labels: { kind: 'classes' } });
  expect(both.notes[1]).toBe(
    'a teacher: divergence of the classes in "p", temperature 2, labels weigh 25 %',
  );
});

test('weights in front of an op without a gradient are named', async () => {
  const model =
    modelOf(`g (float[n,2] x) => (float[n,2] p) <float[2,2] a = {1, 2, 3, 4}, float[2,2] b = {1, 2, 3, 4}> {
    h = MatMul (x, a) s = Hardmax (h) l = MatMul (s, b) p = Softmax (l) }`);
  const { notes } = await chooseLoss(model, xor(), labels);
  expect(notes[1]).toBe('1 weight stays as it is: nothing can be trained through Hardmax');
});

test('what the loss does not read may have any size', async () => {
  const model =
    modelOf(`g (float[n,2] x) => (float[n,2] p, float[m] found) <float[2,2] a = {1, 2, 3, 4}> {
    l = MatMul (x, a) p = Softmax (l) i = NonZero (x) found = Cast <to = 1> (i) }`);
  expect((await chooseLoss(model, xor(), labels)).loss).toMatchObject({ output: 'p' });
});

describe('what cannot be trained is said before', () => {
  const few = { ...xor(), length: MIN_SAMPLES - 1 };
  const labelled = (label: (index: number) => unknown) => ({ ...xor(), label }) as typeof few;
  const other = modelOf(
    `g (float[n,2] x) => (float[n,3] p) <float[2,3] w = {1, 2, 3, 4, 5, 6}> { l = MatMul (x, w) p = Softmax (l) }`,
  );
  const wide = modelOf(
    `g (float[n,3] x) => (float[n,2] p) <float[3,2] w = {1, 2, 3, 4, 5, 6}> { l = MatMul (x, w) p = Softmax (l) }`,
  );
  const broken = modelOf(
    `g (float[n,2] x) => (float[n,2] p) <float[2,2] w = {1, 2, 3, 4}> { l = MatMul (x, w) m = Sub (l, l) p = Div (m, m) }`,
  );
  test.each([
    ['too few samples', xorNet(), few, labels, 'there are 15 samples to train on'],
    ['neither labels nor a teacher', xorNet(), xor(), { hasLabels: false }, 'nothing to train for'],
    ['one class', xorNet(), labelled(() => 1), labels, 'all training samples have the label 1'],
    [
      'a class is missing',
      convNet(),
      { ...stripes(), label: (index: number) => index % 2 },
      labels,
      'no training sample has the label 2',
    ],
    [
      'a class beyond',
      xorNet(),
      labelled((index) => index % 3),
      labels,
      'the label 2 is out of range: the model knows 2 classes',
    ],
    [
      'half a class',
      xorNet(),
      labelled((index) => (index % 2) + 0.5),
      labels,
      'no output fits the labels',
    ],
    [
      'no label',
      xorNet(),
      labelled((index) => (index === 7 ? undefined : index % 2)),
      labels,
      'training sample 7 has no label',
    ],
    [
      'NaN',
      xorNet(),
      labelled((index) => (index === 7 ? Number.NaN : index % 2)),
      labels,
      'the label of training sample 7 is NaN',
    ],
    [
      'another shape',
      xorNet(),
      labelled((index) => (index === 7 ? [0, 1, 0] : index % 2)),
      labels,
      'labels differ in shape',
    ],
    [
      'an output that is not there',
      xorNet(),
      xor(),
      { ...labels, output: 'q' },
      'the output "q" does not exist',
    ],
    [
      'the wrong loss',
      xorNet(),
      xor(),
      { ...labels, values: 'mse' },
      'mse was asked for, and the labels are classes',
    ],
    [
      'a teacher of other classes',
      xorNet(),
      xor(),
      { ...labels, teacher: other },
      'the teacher gives "p" of shape [1, 3]',
    ],
    [
      'a teacher of other inputs',
      xorNet(),
      xor(),
      { ...labels, teacher: wide },
      'the teacher\'s input "x" is float32 [n, 3]',
    ],
    [
      'a feature that is not there',
      xorNet(),
      xor(),
      { ...labels, teacher: xorNet(), features: [{ student: 'r', teacher: 'nothing' }] },
      'there is no value "nothing"',
    ],
    ['NaN of the model', broken, xor(), labels, 'the model gives NaN in "p"'],
  ] as const)('%s', async (_, model, samples, wishes, message) => {
    const chosen = chooseLoss(model, samples, wishes as LossWishes);
    await expect(chosen).rejects.toThrow(message);
    await expect(chosen).rejects.toBeInstanceOf(InputError);
  });

  test('texts, which have no loss here', async () => {
    const chosen = chooseLoss(
      xorNet(),
      labelled(() => 'abc'),
      labels,
    );
    await expect(chosen).rejects.toThrow('nothing that a loss is made of');
  });
});
