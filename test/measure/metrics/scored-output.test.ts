import { expect, it } from 'vitest';
import { seeOutput } from '../../../shared/measure/metrics/scored-output.ts';
import { floats } from './outputs.ts';

const outputs = {
  boxes: floats([4], 1, 2, 3, 4),
  scores: floats([1, 2], 0.1, 0.9),
  again: floats([1, 2], 0, 1),
};
const see = (output: { dims: readonly number[] }) =>
  output.dims.length === 2 ? output.dims : undefined;

it('is the first that fits, or the one named', () => {
  let seen: unknown;
  seeOutput(outputs, undefined, 'top1', (output) => {
    if (output.dims.length !== 2) return undefined;
    seen = output;
    return true;
  });
  expect(seen).toBe(outputs.scores);
  seeOutput(outputs, 'again', 'top1', (output) => {
    seen = output;
    return true;
  });
  expect(seen).toBe(outputs.again);
});

it('is missed with a sentence that lists what there is', () => {
  expect(() => seeOutput(outputs, 'score', 'top1', see)).toThrow(
    /output "score" does not exist \(did you mean "scores"\?\)/,
  );
  expect(() => seeOutput({ boxes: outputs.boxes }, undefined, 'top1', see)).toThrow(
    /top1 cannot score this model/,
  );
  expect(() => seeOutput(outputs, 'boxes', 'top1', see)).toThrow(/no output fits/);
});
