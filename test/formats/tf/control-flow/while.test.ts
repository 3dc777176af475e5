import { describe, expect, it } from 'vitest';
import { caseNamed, modelOf, opsOf } from './_cases.ts';

describe('While', () => {
  it.each([
    ['keras3 lstm', 'LSTM'],
    ['while power', 'Loop'],
    ['keras2 lstm', 'LSTM'],
  ])('of %s becomes %s', (name, op) => {
    expect(opsOf(modelOf(caseNamed(name).graph))[op]).toBe(1);
  });
});
