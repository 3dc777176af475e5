/** External data on writing: a place in one data file for every tensor that is large enough. */
import { MIN_EXTERNAL_TENSOR_BYTES } from './limits.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { ExternalPlace } from './wire/sink.ts';
import { payloadLength } from './wire/tensor.ts';

/** A tensor from here on is mapped into memory by runtimes; smaller ones they read. */
const MAPPED_BYTES = 1 << 20;
/** What mapping needs on every system: Windows' granularity of 64 KiB. Source: onnx external_data_helper. */
const MAPPED_ALIGNMENT = 1 << 16;
/** A cache line: no vector load is split by where the file puts a tensor. */
const ALIGNMENT = 64;

/** Grows while a model is measured; asked again while it is written. */
export class ExternalLayout {
  readonly #location: string;
  readonly #places = new Map<StoredTensor, ExternalPlace>();
  #end = 0;

  /** `location` is the data file's name, beside the model. */
  constructor(location: string) {
    this.#location = location;
  }

  /** Where the last one ends. */
  get size(): number {
    return this.#end;
  }

  /** In the order of their places. */
  get places(): ReadonlyMap<StoredTensor, ExternalPlace> {
    return this.#places;
  }

  /** The tensor's place; `undefined` for one that stays in the model. The same tensor has one place. */
  placeOf(tensor: StoredTensor): ExternalPlace | undefined {
    const known = this.#places.get(tensor);
    if (known) return known;
    const length = payloadLength(tensor);
    if (length < MIN_EXTERNAL_TENSOR_BYTES) return undefined;
    const alignment = length >= MAPPED_BYTES ? MAPPED_ALIGNMENT : ALIGNMENT;
    const offset = Math.ceil(this.#end / alignment) * alignment;
    const place = { location: this.#location, offset, length };
    this.#places.set(tensor, place);
    this.#end = offset + length;
    return place;
  }
}
