/** From which size on a model is made in parts, and how large those are. */
import { TREE_CHUNK_BYTES } from '../base/limits.ts';
import { EXTERNAL_ABOVE_BYTES } from '../onnx/limits.ts';

export interface PartSizes {
  /** Of what a part writes: what it reads is four to eight times as much. */
  readonly bytes: number;
  /** Parts begin at multiples of it: the chunk of `tree256`. `bytes` is a multiple too. */
  readonly chunk: number;
}

export interface PartsPolicy extends PartSizes {
  /** Bytes of the float32 model; larger ones, whose weights lie beside them, are made in parts. */
  readonly above: number;
}

/** A part reads a gigabyte or two, which a function fetches in half a minute and which fits on its disk. */
export const PARTS: PartsPolicy = {
  above: EXTERNAL_ABOVE_BYTES,
  bytes: 4 * TREE_CHUNK_BYTES,
  chunk: TREE_CHUNK_BYTES,
};

/** Parts of one model at most; of larger ones, parts are larger. Two hundred run at a time. */
export const MAX_PARTS = 4_000;

/** How large the parts of a file are. */
export function partBytes(fileBytes: number, { bytes, chunk }: PartSizes): number {
  return Math.max(bytes, Math.ceil(fileBytes / MAX_PARTS / chunk) * chunk);
}
