/** Bounds on what is looked at to tell what a file is (CWE-400): its insides are the reader's business. */

/** Enough for every signature and for the first keys of a JSON header. */
export const HEAD_BYTES = 64 * 1024;

/** A model of many functions has thousands of top-level fields; a frozen graph one for each node. */
export const MAX_TOP_FIELDS = 200_000;

/** A TorchScript archive of a large model holds some ten thousand entries. */
export const MAX_ZIP_ENTRIES = 100_000;
