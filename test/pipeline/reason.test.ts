import { expect, test } from 'vitest';
import { DefectError, InputError, ModelError, ToolError } from '../../shared/base/errors.ts';
import { isUsersMistake, reasonOf } from '../../shared/pipeline/reason.ts';

test('a reason is message and advice', () => {
  expect(reasonOf(new ToolError('it crashed', { hint: 'Try again.' }))).toBe(
    'it crashed. Try again.',
  );
  expect(reasonOf(new ToolError('it crashed'))).toBe('it crashed');
  for (const defect of [new RangeError('index'), 'index', new DefectError('index')]) {
    expect(reasonOf(defect)).toBe('a defect in Fettle: index. Please report it');
  }
});

test('data and settings are the user’s, a model that Fettle made is not', () => {
  expect(isUsersMistake(new InputError('NaN in sample 3'))).toBe(true);
  expect(isUsersMistake(new ModelError('a node without inputs'))).toBe(false);
  expect(isUsersMistake(new ToolError('crash'))).toBe(false);
});
