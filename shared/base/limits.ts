/** Bounds that more than one folder needs, each with its reason. */

/** Up to here a plain SHA-256 names an object; above, `tree256`, which many workers can compute in parts. */
export const PLAIN_DIGEST_MAX_BYTES = 1_000_000_000;

/** The chunk of `tree256`: parts of a multipart upload align to it (S3 allows at most 10,000 of them). */
export const TREE_CHUNK_BYTES = 64 * 1024 * 1024;

/** One read while hashing or copying: large enough that system calls do not count, small enough for any machine. */
export const IO_CHUNK_BYTES = 4 * 1024 * 1024;

/** Files in a folder that stands for one model (SavedModel, TFJS): the largest known ones have a few thousand shards. */
export const FOLDER_MAX_FILES = 20_000;

/** A configuration or a small JSON of ours: nobody writes more by hand, and the YAML parser is not lazy (CWE-400). */
export const CONFIG_MAX_BYTES = 1_000_000;
