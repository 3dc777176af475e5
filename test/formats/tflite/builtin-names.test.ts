import { expect, it } from 'vitest';
import { builtinName } from '../../../shared/formats/tflite/builtin-names.ts';

it.each([
  [0, 'ADD'],
  [3, 'CONV_2D'],
  [32, 'CUSTOM'],
  [44, 'UNIDIRECTIONAL_SEQUENCE_LSTM'],
  [117, 'HARD_SWISH'],
  [119, 'WHILE'],
  [150, 'GELU'],
  [161, 'RIGHT_SHIFT'],
  [209, 'STABLEHLO_CASE'],
])('%i is %s', (code, name) => {
  expect(builtinName(code)).toBe(name);
});

it('gives the number of one from a later schema', () => {
  expect(builtinName(300)).toBe('builtin 300');
});
