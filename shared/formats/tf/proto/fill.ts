/** Constants whose last element stands for all that follow. */
import type { TensorStorage } from '../../../onnx/stored-tensor.ts';
import type { Budget } from './budget.ts';

/** Up to this size they are made at once, so that their numbers can be looked at cheaply. */
const EAGER_BYTES = 4096;

/**
 * `given` (whole elements of `width` bytes) and its last element again and again, `expected` bytes together;
 * zeros when nothing is given. Large ones are made when they are written. @throws LimitError from the budget
 */
export function filledStorage(
  given: Uint8Array,
  width: number,
  expected: number,
  budget: Budget,
): TensorStorage {
  if (given.length === expected) return { kind: 'memory', bytes: given };
  budget.fill(expected);
  const compute = (): Uint8Array => fill(given, width, expected);
  if (expected > EAGER_BYTES) return { kind: 'computed', byteLength: expected, compute };
  budget.charge(expected);
  return { kind: 'memory', bytes: compute() };
}

function fill(given: Uint8Array, width: number, expected: number): Uint8Array {
  const bytes = new Uint8Array(expected);
  bytes.set(given);
  if (given.length === 0) return bytes;
  const start = given.length - width;
  // What is filled doubles with every step.
  for (let done = given.length; done < expected; ) {
    const length = Math.min(done - start, expected - done);
    bytes.copyWithin(done, start, start + length);
    done += length;
  }
  return bytes;
}
