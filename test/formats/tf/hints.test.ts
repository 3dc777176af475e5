import { expect, it } from 'vitest';
import { hintFor } from '../../../shared/formats/tf/hints.ts';

it.each([
  ['RandomUniform', /inference/],
  ['StatelessTruncatedNormalV2', /inference/],
  ['Multinomial', /inference/],
  ['AssignVariableOp', /signature/],
  ['ReluGrad', /signature/],
  ['DecodeJpeg', /--inputs/],
  ['StringSplitV2', /--inputs/],
  ['CudnnRNNV3', /sees none/],
  ['PyFunc', /Python/],
  ['custom operator Digamma', /made from/],
  ['custom operator FlexDecodeJpeg', /--inputs/],
])('%s has a way out', (op, hint) => {
  expect(hintFor(op, () => [])).toMatch(hint);
});

it('knows none for what it has not heard of', () => {
  expect(hintFor('Betainc', () => [])).toBeUndefined();
});

it('names the tensors at which to cut', () => {
  expect(hintFor('DecodeJpeg', () => ['images:0', 'sizes:0'])).toMatch(
    /--inputs images:0,sizes:0\.$/,
  );
});
