/** Bounds on what a model.json may ask for, each with its reason. */

/** Graphs of 10,000 nodes take some 5 MB; parsed JSON takes about ten times its text in memory (CWE-789). */
export const MAX_JSON_BYTES = 64 * 1024 * 1024;
