/** Several tensors out of one computation, which is made when they are written and then forgotten. */

/** Makes whoever computed last forget it: tensors are written in order, and parts of one lie together. */
let forgetLatest: () => void = () => {};

/**
 * The same result for each of `names`. It is dropped once all of them have asked, or somebody else's is
 * computed, so that at most one is held, whatever the model's size.
 *
 *     const part = sharedResult(['codes', 'scales'], () => quantize(weight));
 *     computedTensor('q', 'int8', dims, () => bytesOf(part('codes').codes));
 */
export function sharedResult<Name extends string, T>(
  names: readonly Name[],
  compute: () => T,
): (name: Name) => T {
  const asked = new Set<Name>();
  let held: { readonly result: T } | undefined;
  const forget = (): void => {
    held = undefined;
    asked.clear();
  };
  return (name) => {
    if (!held) {
      forgetLatest();
      forgetLatest = forget;
      held = { result: compute() };
    }
    const { result } = held;
    asked.add(name);
    if (asked.size === names.length) forget();
    return result;
  };
}
