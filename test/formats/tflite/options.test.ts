import { describe, expect, it } from 'vitest';
import { DefectError } from '../../../shared/base/errors.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { BUILTINS } from '../../../shared/formats/tflite/builtin-table.ts';
import { Options, opsWithOptions } from '../../../shared/formats/tflite/options.ts';

describe('options that a file leaves out', () => {
  it('have their defaults', () => {
    const options = new Options('CONV_2D', undefined);
    expect(options.number('dilation_w')).toBe(1);
    expect(options.number('activation')).toBe(0);
    expect(new Options('SQUEEZE', undefined).numbers('squeeze_dims')).toEqual([]);
    expect(new Options('VAR_HANDLE', undefined).text('shared_name')).toBe('');
    expect(new Options('BIDIRECTIONAL_SEQUENCE_LSTM', undefined).flag('time_major')).toBe(true);
  });

  it('are no sizes or steps', () => {
    expect(() => new Options('CONV_2D', undefined).positive('stride_w')).toThrow(Unconvertible);
  });
});

it('a name that the operator does not have is a defect', () => {
  expect(() => new Options('ADD', undefined).number('axis')).toThrow(DefectError);
});

it('has options of no operator that is not translated', () => {
  const names = Object.values(BUILTINS).flatMap((table) => Object.keys(table));
  expect(opsWithOptions().filter((op) => !names.includes(op))).toEqual([]);
});
