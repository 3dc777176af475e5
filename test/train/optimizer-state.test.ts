import { describe, expect, test } from 'vitest';
import { type OptimizerState, readState, writeState } from '../../shared/train/optimizer-state.ts';
import { floats } from './_run-emitted.ts';

const state: OptimizerState = {
  step: 7,
  tensors: new Map([
    ['w', [floats([2, 2], 1, 2, 3, 4), floats([2, 2], 5, 6, 7, 8)]],
    ['s', [floats([], 0.5), floats([], -0.5)]],
    ['none', []],
  ]),
};

test('is read as it was written', () => {
  expect(readState(writeState(state))).toEqual(state);
  expect(readState(writeState({ step: 0, tensors: new Map() }))).toEqual({
    step: 0,
    tensors: new Map(),
  });
});

describe('damage is said', () => {
  const bytes = writeState(state);
  test.each([
    ['nothing', new Uint8Array()],
    ['cut', bytes.subarray(0, bytes.length - 1)],
    ['longer', Uint8Array.of(...bytes, 0)],
    ['a header beyond the end', Uint8Array.of(255, 255, 0, 0, 1)],
    ['no JSON', Uint8Array.of(1, 0, 0, 0, 33)],
  ])('%s', (_, damaged) => {
    expect(() => readState(damaged)).toThrow('damaged');
  });
});
