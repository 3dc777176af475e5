/** Where an HDF5 file keeps texts of variable length. Source: the specification, III.E. */
import type { FileBytes } from './file-bytes.ts';

const WHAT = 'a heap of texts';
const HEAD_BYTES = 16;
/** What the rest of a heap, which is free, has in place of a number. */
const FREE = 0;

interface Place {
  readonly address: number;
  readonly length: number;
}

/** The heaps of one file, each looked through once. */
export class GlobalHeap {
  readonly #file: FileBytes;
  readonly #heaps = new Map<number, ReadonlyMap<number, Place>>();

  constructor(file: FileBytes) {
    this.#file = file;
  }

  /** The first `length` bytes of an object of a heap. @throws ModelError when there are not that many */
  read(heap: number, index: number, length: number): Uint8Array {
    let places = this.#heaps.get(heap);
    if (!places) {
      places = placesIn(this.#file, heap);
      this.#heaps.set(heap, places);
    }
    const place = places.get(index);
    const found = place && length <= place.length ? place.address : undefined;
    return this.#file.read(found, length, WHAT).take(length);
  }
}

function placesIn(file: FileBytes, heap: number): ReadonlyMap<number, Place> {
  const head = file.read(heap, HEAD_BYTES, WHAT).expect('GCOL').version(1);
  const end = heap + head.skip(3).u64();
  const places = new Map<number, Place>();
  for (let at = heap + HEAD_BYTES; at + HEAD_BYTES <= end; ) {
    const object = file.read(at, HEAD_BYTES, WHAT);
    const index = object.u16();
    if (index === FREE) break;
    // How often it is used.
    const length = object.skip(6).u64();
    places.set(index, { address: at + HEAD_BYTES, length });
    at += HEAD_BYTES + Math.ceil(length / 8) * 8;
  }
  return places;
}
