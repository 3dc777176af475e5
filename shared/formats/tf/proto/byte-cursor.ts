/** Varints and bytes one after the other, where no protobuf message holds them. */
import { ModelError } from '../../../base/errors.ts';
import { WireCursor } from '../../../onnx/wire/wire-cursor.ts';

/** Goes through a source from its beginning. Throws ModelError at its end. */
export class ByteCursor extends WireCursor {
  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** A varint; beyond 2^53 not exact, but then beyond every length too. */
  number(): number {
    return this.unsigned();
  }

  /** The next bytes, copied. */
  take(length: number): Uint8Array {
    if (length > this.end - this.at)
      throw this.error(`${length} bytes are wanted where ${this.end - this.at} are left`);
    const bytes = this.source.read(this.position, length).slice();
    this.at += length;
    return bytes;
  }

  override error(what: string): ModelError {
    return new ModelError(`'${this.source.name}' is damaged: ${what}`, {
      where: `byte ${this.position}`,
      hint: 'Export or download the model again.',
    });
  }
}
