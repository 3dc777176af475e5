/** Operators that compute in an element type that runtimes have a kernel for. */
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { hasKernel, kernelType } from './kernel-type.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/**
 * Does the work on the values in the nearest type with a kernel, and gives its result in theirs. Doubles
 * are computed as float32 where there is nothing better.
 * @throws Unconvertible when no type that holds the elements has one
 */
export function inKernelType(
  b: Builder,
  op: string,
  values: readonly Value[],
  work: (values: readonly Value[]) => Value,
): Value {
  const type = values[0]?.type ?? 'float32';
  const carried = kernelType(op, type, b.opset);
  if (!hasKernel(op, carried, b.opset))
    throw new Unconvertible(`it computes with ${type}, for which no runtime has a kernel`);
  if (carried === type) return work(values);
  return cast(b, work(values.map((value) => cast(b, value, carried))), type);
}
