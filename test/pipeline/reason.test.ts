import { expect, test } from 'vitest';
import { InputError, ModelError, ToolError } from '../../shared/base/errors.ts';
import { isUsersMistake, reasonOf } from '../../shared/pipeline/reason.ts';

test('a reason is message and advice', () => {
  expect(reasonOf(new ToolError('it crashed', { hint: 'Try again.' }))).toBe(
    'it crashed. Try again.',
  );
  expect(reasonOf(new ToolError('it crashed'))).toBe('it crashed');
  expect(reasonOf(new RangeError('index'))).toBe('index');
  expect(reasonOf('text')).toBe('text');
});

test('data and settings are the user’s, a model that Fettle made is not', () => {
  expect(isUsersMistake(new InputError('NaN in sample 3'))).toBe(true);
  expect(isUsersMistake(new ModelError('a node without inputs'))).toBe(false);
  expect(isUsersMistake(new ToolError('crash'))).toBe(false);
});
