/** Bounds on what an ONNX file may ask for, each with its reason: a model is input from a stranger. */

/**
 * Messages inside messages. protobuf's own default, so whatever nests deeper no runtime reads; far
 * from the end of our stack (CWE-674).
 */
export const MAX_MESSAGE_DEPTH = 100;

/**
 * Memory for everything but weights, as the reader estimates it: two bytes of a file can become an
 * object of a hundred (CWE-789). Chosen so that the process stays below 200 MB, also where V8 lets
 * more garbage wait. Enough for some 80,000 nodes, or half as many with a weight each; the largest
 * graphs known to us have a third.
 */
export const MAX_HELD_BYTES = 72 * 1024 * 1024;

/** One name, doc string or metadata value. Vocabularies and configurations in metadata reach some megabytes (CWE-789). */
export const MAX_STRING_BYTES = 16 * 1024 * 1024;

/** Dimensions of a tensor: numpy stops at 64, TensorFlow at 254; a longer list is an attack on loops over it (CWE-400). */
export const MAX_RANK = 254;

/** External data files held open at once: the usual limit of a process is 1,024 descriptors (CWE-774). Further ones are opened for each read. */
export const MAX_OPEN_FILES = 128;

/** protobuf parsers, onnxruntime's among them, refuse a file from 2 GiB on. */
export const MAX_MODEL_FILE_BYTES = 2 ** 31 - 1;

/** Above this, weights are written beside the model: room for what the weights do not count. */
export const EXTERNAL_ABOVE_BYTES = 1_900_000_000;

/**
 * Smaller tensors stay in the model, those of 1 KB among them: shape inference reads them there, so that a header is
 * enough for it, and a place of their own saves nothing.
 */
export const MIN_EXTERNAL_TENSOR_BYTES = 1025;
