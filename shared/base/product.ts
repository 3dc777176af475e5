/** The product of sizes: how many elements a tensor of these dimensions has. 1 for none. */
export const product = (sizes: readonly number[]): number =>
  sizes.reduce((all, size) => all * size, 1);
