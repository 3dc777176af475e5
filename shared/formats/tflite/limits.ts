/** Bounds on what a TFLite file may ask for, each with its reason: a model is input from a stranger. */

/**
 * Memory for names, shapes and scales, as the reader estimates it. Vectors of a flatbuffer may be shared,
 * so that a small file can name one again and again (CWE-789). The largest models known hold a third.
 */
export const MAX_HELD_BYTES = 96 * 1024 * 1024;

/** Axes of a tensor: TFLite's own kernels stop at 8; a longer list is an attack on loops over it (CWE-400). */
export const MAX_AXES = 16;

/**
 * Bytes of a sparse tensor when it is written out: a handful of bytes can stand for any size (CWE-409).
 * Sparse models are made for phones; theirs are a few megabytes.
 */
export const MAX_DENSE_BYTES = 512 * 1024 * 1024;

/** Entries of a map of custom options: those of known ops have a dozen (CWE-400). */
export const MAX_FLEX_ENTRIES = 1000;

/** Pages of the file that are held while its structure is read: 16 MiB of them. */
export const MAX_PAGES = 256;
