/** What tells two planned files apart, without the weights that lie beside a model and stay as they are. */
import { createHash, type Hash } from 'node:crypto';
import { IO_CHUNK_BYTES } from '../base/limits.ts';
import type { PlacedTarget, PlannedFile } from './file-plan.ts';
import type { ByteRange, StoredTensor } from './stored-tensor.ts';
import { payloadLength } from './wire/tensor.ts';
import { placeBeside } from './write-referring.ts';

/** Equal for files that will have the same bytes, taken from the same places. Computes what is computed. */
export function printOf(file: PlannedFile): string {
  const target = new PrintTarget();
  file.stream(target);
  return target.print;
}

/** Takes bytes as they are, and weights beside the model as where they lie. */
class PrintTarget implements PlacedTarget {
  readonly #hash: Hash = createHash('sha256');
  #position = 0;

  get print(): string {
    return this.#hash.copy().digest('hex');
  }

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#position += bytes.length;
  }

  copy({ source, offset, length }: ByteRange): void {
    for (let at = 0; at < length; at += IO_CHUNK_BYTES)
      this.#hash.update(source.read(offset + at, Math.min(IO_CHUNK_BYTES, length - at)));
    this.#position += length;
  }

  takes(tensor: StoredTensor): boolean {
    const place = placeBeside(tensor);
    if (!place) return false;
    this.#hash.update(JSON.stringify([place, this.#position]));
    this.#position += payloadLength(tensor);
    return true;
  }

  skipTo(position: number): void {
    this.#hash.update(`to ${position}`);
    this.#position = position;
  }
}
