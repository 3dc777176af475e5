import { expect, test } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import { failedModel } from '../../shared/pipeline/failed-model.ts';
import { digitsJob } from './inline-context.ts';

test('what is wrong and what to do stand in its reason, with the exit code', () => {
  const job = digitsJob({ ship: 'int8', variants: ['int8'] });
  expect(failedModel(job, new InputError('no labels', { hint: 'Give them.' }))).toEqual({
    name: 'digits',
    reason: 'no labels. Give them.',
    code: 2,
    ship: 'int8',
    source: { path: 'digits.onnx', format: 'unknown', verified: 'not verified' },
    data: { synthetic: false },
    variants: [],
  });
  expect(failedModel(job, new TypeError('x is undefined'))).toMatchObject({ code: 70 });
});
