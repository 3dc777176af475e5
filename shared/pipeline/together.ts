/** Independent pieces of work: one machine does them in turn, many do them at once. */

/** Results in the order of the works; throws the first error in that order. */
export type Together = <T>(works: readonly (() => Promise<T>)[]) => Promise<T[]>;

/** One after another; nothing begins after an error. */
export const inTurn: Together = async (works) => {
  const results = [];
  for (const work of works) results.push(await work());
  return results;
};

/** All begin at once and all end, whatever becomes of the others: what is to be done is known as a whole. */
export const atOnce: Together = async (works) => {
  const settled = await Promise.allSettled(works.map((work) => work()));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
};
