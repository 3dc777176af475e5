import { expect, it } from 'vitest';
import { NeedsOpset, Unconvertible } from '../../../shared/formats/build/unconvertible.ts';

it('say why, and what to do', () => {
  const error = new Unconvertible('it trains', 'Export again.');
  expect([error.name, error.message, error.hint]).toEqual([
    'Unconvertible',
    'it trains',
    'Export again.',
  ]);
  expect(new Unconvertible('it trains').hint).toBeUndefined();
});

it('say which version is needed for what', () => {
  const error = new NeedsOpset(20, 'Gelu');
  expect([error.name, error.opset, error.message]).toEqual([
    'NeedsOpset',
    20,
    'Gelu needs opset 20',
  ]);
});
