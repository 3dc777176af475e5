/** Names of classes as `.keras` files write them in paths. */

/** `Conv2DTranspose` → `conv2d_transpose`, by the rules of `keras.src.utils.naming`. */
export const snakeCase = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
