import { expect, it } from 'vitest';
import { chooseSignature } from '../../../shared/formats/saved-model/choose-signature.ts';
import { refuseTraining } from '../../../shared/formats/saved-model/refuse-training.ts';
import { attribute, node } from '../tf/proto/_wire.ts';
import { metaGraph } from './_meta-graph.ts';

const meta = metaGraph({
  nodes: [
    node('x = Placeholder()'),
    node('y = Neg(x)'),
    node('step = StatefulPartitionedCall(x)', attribute.function('f', 'train')),
    node('direct = Identity(x, ^apply)'),
    node('apply = ApplyGradientDescent(w)'),
  ],
  functions: {
    train: {
      parameters: ['x'],
      results: { r: 'x' },
      nodes: [node('c = PartitionedCall(x)', attribute.function('f', 'inner'))],
    },
    inner: { parameters: ['x'], results: { r: 'x' }, nodes: [node('a = ResourceApplyAdam(x)')] },
  },
  signatures: {
    infer: [['x = x:0'], ['y = y:0']],
    step: [['x = x:0'], ['y = step:0']],
    direct: [['x = x:0'], ['y = direct:0']],
  },
});
const refuse = (name: string): void => refuseTraining(meta, chooseSignature(meta, name, 'm'), 'm');

it.each([
  ['step', 'ResourceApplyAdam'],
  ['direct', 'ApplyGradientDescent'],
])('%s runs %s', (name, op) => {
  expect(() => refuse(name)).toThrow(
    `the signature "${name}" of m trains the model: it runs ${op}`,
  );
});

it('names those that infer', () => {
  expect(() => refuse('infer')).not.toThrow();
  try {
    refuse('step');
  } catch (error) {
    expect(error).toMatchObject({ hint: 'Choose one that infers with --signature: "infer".' });
  }
  expect.assertions(2);
});
