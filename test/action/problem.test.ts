import { expect, test } from 'vitest';
import { splitWhere, toProblem } from '../../action/problem.ts';
import { InputError, LimitError } from '../../shared/base/errors.ts';

test.each([
  ['fettle.yml:12', { where: 'fettle.yml', line: 12 }],
  ['a:b/fettle.yml:3', { where: 'a:b/fettle.yml', line: 3 }],
  ['m/a.onnx', { where: 'm/a.onnx' }],
  ['layer:x', { where: 'layer:x' }],
])('%s', (where, expected) => {
  expect(splitWhere(where)).toEqual(expected);
});

test('an error for people becomes a problem with all that it says', () => {
  const error = new InputError('it is wrong', { where: 'fettle.yml:2', hint: 'Correct it.' });
  expect(toProblem(error)).toEqual({
    level: 'error',
    message: 'it is wrong',
    hint: 'Correct it.',
    where: 'fettle.yml',
    line: 2,
  });
  expect(toProblem(new LimitError('full'), 'warning')).toEqual({
    level: 'warning',
    message: 'full',
  });
});

test('a mistake of ours is thrown on', () => {
  expect(() => toProblem(new TypeError('x is not a function'))).toThrow(TypeError);
});
