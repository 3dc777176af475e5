import { expect, test } from 'vitest';
import { stepTitle } from '../../../shared/pipeline/local/step-title.ts';
import { STEP_NAMES } from '../../../shared/pipeline/steps/registry.ts';

test('every step has words of its own', () => {
  for (const step of STEP_NAMES) expect(stepTitle(step)).toMatch(/^[a-z]+ing [a-z ]+$/);
  expect(stepTitle('toy')).toBe('running toy');
});
