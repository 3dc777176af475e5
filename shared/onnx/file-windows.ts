/**
 * A part of a model's file, written without the rest: tensors outside of it are neither read nor computed. Whoever
 * writes the parts of a file, in whatever cut, writes the file.
 */
import { truncateSync } from 'node:fs';
import { DefectError } from '../base/errors.ts';
import type { PlacedTarget, PlannedFile } from './file-plan.ts';
import type { ByteRange, StoredTensor } from './stored-tensor.ts';
import { FileTarget } from './wire/byte-targets.ts';
import { payloadLength } from './wire/tensor.ts';

/** Some bytes of a file. */
export interface FileWindow {
  readonly offset: number;
  readonly length: number;
}

/** A tensor's bytes in a file that is to be written. */
export interface Payload extends FileWindow {
  readonly tensor: StoredTensor;
}

/** Writes the bytes of the window to a new file at `path`. */
export function writeWindow(file: PlannedFile, window: FileWindow, path: string): void {
  const { offset, length } = window;
  if (offset < 0 || length < 0 || offset + length > file.bytes)
    throw new DefectError(`a part at ${offset} of ${length} bytes is no part of ${file.bytes}`);
  const target = new FileTarget(path);
  try {
    file.stream(new WindowTarget(target, window));
  } finally {
    target.close();
  }
  // It may end with what lies between two tensors.
  truncateSync(path, length);
}

/** Where the tensors of a file will lie, in order; none is read. */
export function payloadsOf(file: PlannedFile): readonly Payload[] {
  const target = new TracingTarget();
  file.stream(target);
  return target.payloads;
}

/**
 * What has to be read for the bytes of a window: ranges of the files beside the model, by the names that it calls them
 * by. `undefined`: some tensor does not tell what it is made of.
 */
export function readsOf(
  payloads: readonly Payload[],
  window: FileWindow,
): ReadonlyMap<string, readonly FileWindow[]> | undefined {
  const ranges = new Map<string, FileWindow[]>();
  const add = (location: string, range: FileWindow): void => {
    const known = ranges.get(location);
    if (known) known.push(range);
    else ranges.set(location, [range]);
  };
  /** Of the tensor's own bytes those from `from` to `to`. */
  const visit = ({ storage }: StoredTensor, from: number, to: number): boolean => {
    if (storage.kind === 'file' && storage.external) {
      const { offset } = storage.range;
      add(storage.external.location, { offset: offset + from, length: to - from });
    }
    // Nothing but parts of the model itself, which is there.
    if (storage.kind !== 'computed') return true;
    return storage.sources?.every((source) => visit(source, 0, payloadLength(source))) ?? false;
  };
  const end = window.offset + window.length;
  for (const { tensor, offset, length } of payloads) {
    const from = Math.max(0, window.offset - offset);
    const to = Math.min(length, end - offset);
    if (from >= to) continue;
    const isKnown = length <= READ_WHOLE ? visit(tensor, 0, length) : visit(tensor, from, to);
    if (!isKnown) return undefined;
  }
  return new Map([...ranges].map(([location, all]) => [location, mergeWindows(all)]));
}

/** Smaller tensors go through the writer's buffer, whole. */
const READ_WHOLE = 1 << 16;

/** Reading on is cheaper than beginning anew: gaps up to here are read too. */
const SMALL_GAP = 1 << 16;

/** In order, without overlaps and small gaps. */
export function mergeWindows(ranges: readonly FileWindow[]): FileWindow[] {
  const result: FileWindow[] = [];
  for (const range of ranges.toSorted((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    const end = last ? last.offset + last.length : 0;
    if (last && range.offset <= end + SMALL_GAP) {
      const length = Math.max(end, range.offset + range.length) - last.offset;
      result[result.length - 1] = { offset: last.offset, length };
    } else result.push(range);
  }
  return result;
}

/** Where all bytes of a window lie already, one behind the other, in one file beside the model. */
export function keptFrom(
  payloads: readonly Payload[],
  window: FileWindow,
): { readonly location: string; readonly offset: number } | undefined {
  let kept: { readonly location: string; readonly offset: number } | undefined;
  let at = window.offset;
  const end = window.offset + window.length;
  for (const { tensor, offset, length } of payloads) {
    if (offset + length <= at) continue;
    const { storage } = tensor;
    if (offset > at || storage.kind !== 'file' || !storage.external) return undefined;
    const { location } = storage.external;
    const from = storage.range.offset + (at - offset);
    kept ??= { location, offset: from };
    if (kept.location !== location || from - kept.offset !== at - window.offset) return undefined;
    at = offset + length;
    if (at >= end) return kept;
  }
  return undefined;
}

/** Passes on what lies in its window. */
class WindowTarget implements PlacedTarget {
  readonly #target: FileTarget;
  readonly #start: number;
  readonly #end: number;
  #position = 0;

  constructor(target: FileTarget, { offset, length }: FileWindow) {
    this.#target = target;
    this.#start = offset;
    this.#end = offset + length;
  }

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): void {
    const { from, to } = this.#advance(bytes.length);
    if (from < to) this.#target.write(bytes.subarray(from, to));
  }

  copy({ source, offset, length }: ByteRange): void {
    const { from, to } = this.#advance(length);
    if (from < to) this.#target.copy({ source, offset: offset + from, length: to - from });
  }

  takes(tensor: StoredTensor): boolean {
    const length = payloadLength(tensor);
    const isInside = this.#position < this.#end && this.#position + length > this.#start;
    if (isInside) return false;
    this.#position += length;
    return true;
  }

  skipTo(position: number): void {
    this.#position = position;
  }

  /** Goes on by `length`; which of these bytes are wanted. */
  #advance(length: number): { readonly from: number; readonly to: number } {
    const at = this.#position;
    this.#position += length;
    const from = Math.max(0, this.#start - at);
    const to = Math.min(length, this.#end - at);
    if (from < to) this.#target.skipTo(at + from - this.#start);
    return { from, to };
  }
}

/** Writes nothing, and notes where tensors would lie. */
class TracingTarget implements PlacedTarget {
  readonly payloads: Payload[] = [];
  #position = 0;

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): void {
    this.#position += bytes.length;
  }

  copy({ length }: ByteRange): void {
    this.#position += length;
  }

  takes(tensor: StoredTensor): boolean {
    const length = payloadLength(tensor);
    this.payloads.push({ tensor, offset: this.#position, length });
    this.#position += length;
    return true;
  }

  skipTo(position: number): void {
    this.#position = position;
  }
}
