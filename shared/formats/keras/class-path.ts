/** Names of classes as `.keras` files write them in paths. */

/** Layers whose class has another name than the one that it is known by: paths have that of the class. */
const CLASSES: Readonly<Record<string, string>> = { GroupQueryAttention: 'GroupedQueryAttention' };

/** The step of a path that stands for a layer of this class. */
export const pathName = (className: string): string =>
  snakeCase((Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined) ?? className);

/** `Conv2DTranspose` → `conv2d_transpose`, by the rules of `keras.src.utils.naming`. */
export const snakeCase = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
