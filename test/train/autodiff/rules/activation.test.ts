import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { ACTIVATIONS } from '../../../../shared/train/autodiff/rules/activation.ts';
import { type GradientCase, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const unary = (call: string, rest: Partial<GradientCase> = {}): GradientCase => ({
  graph: `g (float[3,4] x) => (float[3,4] y) { y = ${call} }`,
  ...rest,
});

/** Where steps of 0.02 along a normal direction cross no kink. */
const POSITIVE = { range: [0.5, 2] } as const;
const NEGATIVE = { range: [-2, -0.5] } as const;

const CASES: Readonly<Record<string, GradientCase>> = {
  'Relu above': unary('Relu (x)', POSITIVE),
  'Relu below': unary('Relu (x)', NEGATIVE),
  'LeakyRelu below': unary('LeakyRelu <alpha = 0.3> (x)', NEGATIVE),
  'LeakyRelu above': unary('LeakyRelu (x)', POSITIVE),
  'Elu below': unary('Elu <alpha = 0.7> (x)', NEGATIVE),
  'Elu above': unary('Elu (x)', POSITIVE),
  'Selu below': unary('Selu (x)', NEGATIVE),
  'Selu above': unary('Selu <alpha = 1.5, gamma = 1.2> (x)', POSITIVE),
  'PRelu below': {
    graph: 'g (float[2,3] x, float[3] s) => (float[2,3] y) { y = PRelu (x, s) }',
    ranges: { x: [-2, -0.5] },
  },
  'PRelu above': {
    graph: 'g (float[2,3] x, float[3] s) => (float[2,3] y) { y = PRelu (x, s) }',
    ranges: { x: [0.5, 2] },
  },
  Sigmoid: unary('Sigmoid (x)'),
  Tanh: unary('Tanh (x)'),
  Softplus: unary('Softplus (x)'),
  'Softsign below': unary('Softsign (x)', NEGATIVE),
  'HardSigmoid inside': unary('HardSigmoid (x)'),
  'HardSigmoid beyond': unary('HardSigmoid <alpha = 1.0, beta = 0.0> (x)', { range: [1.5, 3] }),
  'HardSwish inside': unary('HardSwish (x)'),
  'HardSwish above': unary('HardSwish (x)', { range: [3.5, 5] }),
  'HardSwish below': unary('HardSwish (x)', { range: [-5, -3.5] }),
  Mish: unary('Mish (x)', { opset: 18 }),
  Gelu: unary('Gelu (x)', { opset: 20 }),
  'Gelu by tanh': unary('Gelu <approximate = "tanh"> (x)', { opset: 20 }),
  'com.microsoft:Gelu': unary('com.microsoft.Gelu (x)'),
  'ThresholdedRelu above': unary('ThresholdedRelu <alpha = 0.2> (x)', POSITIVE),
  'ThresholdedRelu below': unary('ThresholdedRelu <alpha = 2.5> (x)', POSITIVE),
  'Celu below': unary('Celu <alpha = 0.7> (x)', NEGATIVE),
  'Celu above': unary('Celu (x)', POSITIVE),
  'Shrink beyond': unary('Shrink <bias = 0.1, lambd = 0.2> (x)', NEGATIVE),
  'Shrink inside': unary('Shrink <lambd = 2.5> (x)', NEGATIVE),
};

testGradients(CASES);

test('each op has a case', () => {
  const tried = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(ACTIVATIONS).filter(
    (op) =>
      !tried.some(
        (graph) => graph.includes(`${op.replace(':', '.')} (`) || graph.includes(`${op} <`),
      ),
  );
  expect(without).toEqual([]);
});
