/** TensorFlow's protobuf messages: the bounded reader of ONNX files, with one budget for all parts of a model. */
import { ModelError } from '../../../base/errors.ts';
import { sectionOf } from '../../../onnx/byte-source.ts';
import { ExternalFiles } from '../../../onnx/external-data.ts';
import type { ByteRange, ByteSource } from '../../../onnx/stored-tensor.ts';
import { WireReader, WireType } from '../../../onnx/wire/wire-reader.ts';
import { Budget } from './budget.ts';

/** A name, path or text; other bytes than UTF-8 are kept as Latin-1. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Reads one file, or one part of it, of the TensorFlow family. */
export class TfReader extends WireReader {
  readonly budget: Budget;

  constructor(source: ByteSource, budget = new Budget(source.name)) {
    super(source, new ExternalFiles(undefined));
    this.budget = budget;
  }

  /** A reader of a message that was left where it is. */
  static at({ source, offset, length }: ByteRange, budget: Budget): TfReader {
    return new TfReader(sectionOf(source, offset, length), budget);
  }

  override charge(bytes: number): void {
    this.budget.charge(bytes);
  }

  override error(what: string): ModelError {
    return new ModelError(`'${this.source.name}' is no valid TensorFlow file: ${what}`, {
      where: `byte ${this.position}`,
      hint: 'The file is damaged or of another format; export or download it again.',
    });
  }

  /** The varint of the current field as a truth value. */
  boolean(): boolean {
    return this.integer() !== 0;
  }

  /** The content of the current field as text: TensorFlow's strings are bytes, and nearly always UTF-8. */
  text(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch {
      return Buffer.from(bytes).toString('latin1');
    }
  }

  /** A `map<string, T>` entry: its key, and what `read` makes of the value; `undefined` for one without a value. */
  mapEntry<T>(read: (key: string) => T): readonly [string, T | undefined] {
    return this.message(() => {
      let key = '';
      let value: T | undefined;
      while (this.next()) {
        if (this.field === 1) key = this.string();
        else if (this.field === 2) value = read(key);
        else this.skip();
      }
      return [key, value] as const;
    });
  }

  /** What is left of the current message. */
  get contents(): ByteRange {
    return { source: this.source, offset: this.position, length: this.end - this.at };
  }

  /** Goes to the end of the current message. */
  leave(): void {
    this.at = this.end;
  }

  /** Whether the current field holds a message, bytes or a packed list. */
  get hasLength(): boolean {
    return this.wireType === WireType.length;
  }
}
