/**
 * A position in a source, behind a window: a file of any size is walked without being held. Knows
 * varints and where the current message ends, and counts the memory that its reader keeps.
 */
import { ModelError } from '../../base/errors.ts';
import { MAX_HELD_BYTES } from '../limits.ts';
import type { Int64 } from '../model.ts';
import type { ByteSource } from '../stored-tensor.ts';

/** After a jump over weights a small read is enough; while reading goes on it doubles, up to the second. */
const MIN_WINDOW = 1 << 12;
/** As much as one read brings at the most: more costs memory and saves nothing measurable. */
const MAX_WINDOW = 1 << 18;

/** What {@link WireReader} reads through. */
export class WireCursor {
  readonly source: ByteSource;
  protected window: Buffer = Buffer.alloc(0);
  /** Where the window begins in the source. */
  protected base = 0;
  /** Position and end of the current message, counted from the window's beginning. */
  protected at = 0;
  protected end: number;
  #filled = 0;
  #held = 0;
  /** The last varint: bits 0–27, 28–55 and 56–63. */
  #low = 0;
  #middle = 0;
  #high = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.end = source.size;
  }

  /** In the source. */
  get position(): number {
    return this.base + this.at;
  }

  /** Counts memory that is kept. @throws ModelError when it is more than a model may take. */
  charge(bytes: number): void {
    this.#held += bytes;
    if (this.#held > MAX_HELD_BYTES) {
      throw new ModelError(
        `'${this.source.name}' needs more than ${MAX_HELD_BYTES / 2 ** 20} MiB of memory besides its weights`,
        {
          where: `byte ${this.position}`,
          hint: 'Fettle reads graphs of up to some 80,000 nodes.',
        },
      );
    }
  }

  error(what: string): ModelError {
    return new ModelError(`'${this.source.name}' is no valid ONNX file: ${what}`, {
      where: `byte ${this.position}`,
      hint: 'The file is damaged or of another format; export or download it again.',
    });
  }

  /** A varint as a length or key; beyond 2^53 not exact, but then beyond any limit too. */
  protected unsigned(): number {
    // Lengths and keys of one byte are the rule.
    if (this.at < this.#filled && this.at < this.end) {
      const byte = this.window[this.at] as number;
      if (byte < 128) {
        this.at++;
        return byte;
      }
    }
    this.varint();
    return this.#low + this.#middle * 0x10000000 + this.#high * 0x100000000000000;
  }

  /** A varint as int64. */
  protected signed(): Int64 {
    this.varint();
    if (this.#high < 128) {
      const value = this.#low + this.#middle * 0x10000000 + this.#high * 0x100000000000000;
      if (value <= Number.MAX_SAFE_INTEGER) return value;
    } else {
      // ~value, which is small when the number is a small negative one.
      const inverse =
        (this.#low ^ 0xfffffff) +
        (this.#middle ^ 0xfffffff) * 0x10000000 +
        (this.#high ^ 0xff) * 0x100000000000000;
      if (inverse < Number.MAX_SAFE_INTEGER) return -inverse - 1;
    }
    return BigInt.asIntN(
      64,
      BigInt(this.#low) | (BigInt(this.#middle) << 28n) | (BigInt(this.#high) << 56n),
    );
  }

  /** Leaves the value in three parts: most varints need the first alone. */
  protected varint(): void {
    this.load(10);
    const window = this.window;
    const end = Math.min(this.end, this.at + 10);
    let at = this.at;
    let byte = 128;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let shift = 0; byte >= 128 && shift < 28 && at < end; shift += 7) {
      byte = window[at++] as number;
      low |= (byte & 127) << shift;
    }
    for (let shift = 0; byte >= 128 && shift < 28 && at < end; shift += 7) {
      byte = window[at++] as number;
      middle |= (byte & 127) << shift;
    }
    for (let shift = 0; byte >= 128 && at < end; shift += 7) {
      byte = window[at++] as number;
      high |= (byte & 127) << shift;
    }
    if (byte >= 128) throw this.error('a varint is cut off or longer than ten bytes');
    if (high > 0xff) throw this.error('a varint is larger than 64 bits');
    this.#low = low;
    this.#middle = middle;
    this.#high = high;
    this.at = at;
  }

  /** Goes to another place in the source, where a message of `length` bytes begins. */
  protected moveTo(position: number, length: number): void {
    if (position < this.base) {
      this.base = position;
      this.#filled = 0;
    }
    this.at = position - this.base;
    this.end = this.at + length;
  }

  /** Has `wanted` bytes from the position in the window, or all that are left in the source. */
  protected load(wanted: number): void {
    if (this.#filled - this.at >= wanted) return;
    const left = this.source.size - this.position;
    if (this.#filled - this.at >= left) return;
    const goesOn = this.at <= this.#filled;
    const window = goesOn ? Math.min(MAX_WINDOW, this.#filled * 2) : 0;
    const size = Math.max(wanted, MIN_WINDOW, window);
    const position = this.position;
    const filled = Math.min(size, left);
    if (filled > this.window.length) this.window = Buffer.allocUnsafeSlow(filled);
    this.source.readInto(this.window.subarray(0, filled), position);
    this.end -= this.at;
    this.base = position;
    this.at = 0;
    this.#filled = filled;
  }
}
