import { expect, it } from 'vitest';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import { requireOpset } from '../../../shared/compress/quantize/require-opset.ts';
import { modelOf } from './_numeric.ts';

it('refuses models below opset 7, with what to do', () => {
  expect(() => requireOpset(modelOf([], [], [], [], 6))).toThrow(UnsupportedError);
  expect(() => requireOpset(modelOf([], [], [], [], 6))).toThrow(
    expect.objectContaining({ hint: 'Export it with opset 7 or later.' }),
  );
  expect(() => requireOpset(modelOf([], [], [], [], 7))).not.toThrow();
});
