/** The typed fields of TensorProto (`float_data` …): collected as ranges, whether packed or one by one. */

import { memorySource } from '../byte-source.ts';
import { ELEMENT_TYPES, type ElementType } from '../element-type.ts';
import type { ByteRange, PackedField } from '../stored-tensor.ts';
import { type WireReader, WireType } from './wire-reader.ts';

interface TypedField {
  readonly name: PackedField;
  /** Of one element when it is not packed. */
  readonly wireType: number;
  readonly types: readonly ElementType[];
}

/** By field number, with the element types that may use it. Source: comments of TensorProto. */
const TYPED_FIELDS: ReadonlyMap<number, TypedField> = new Map([
  [4, { name: 'float_data', wireType: WireType.fixed32, types: ['float32', 'complex64'] }],
  [
    5,
    {
      name: 'int32_data',
      wireType: WireType.varint,
      types: (Object.keys(ELEMENT_TYPES) as ElementType[]).filter(
        (type) => !/^(float32|float64|complex64|complex128|int64|uint64|uint32|string)$/.test(type),
      ),
    },
  ],
  [7, { name: 'int64_data', wireType: WireType.varint, types: ['int64'] }],
  [10, { name: 'double_data', wireType: WireType.fixed64, types: ['float64', 'complex128'] }],
  [11, { name: 'uint64_data', wireType: WireType.varint, types: ['uint32', 'uint64'] }],
]);

/** What one tensor holds in typed fields. */
export class TypedData {
  field: TypedField | undefined;
  readonly ranges: ByteRange[] = [];
  /** Elements that came one by one, since the last range. */
  #loose = new Uint8Array();
  #looseLength = 0;

  /** Whether the field number is one of a typed field. */
  static has(field: number): boolean {
    return TYPED_FIELDS.has(field);
  }

  /** Takes the current field of the reader. */
  add(reader: WireReader): void {
    const field = TYPED_FIELDS.get(reader.field);
    if (this.field !== undefined && field !== this.field)
      throw reader.error('a tensor has values in two typed fields');
    this.field = field;
    if (reader.wireType === WireType.length) {
      this.#gather();
      const range = reader.range();
      if (range.length > 0) this.ranges.push(range);
      return;
    }
    if (reader.wireType !== field?.wireType)
      throw reader.error(`field ${reader.field} has wire type ${reader.wireType}`);
    const content = reader.scalar();
    reader.charge(24 + 2 * content.length);
    if (this.#looseLength + content.length > this.#loose.length) {
      const grown = new Uint8Array(Math.max(256, this.#loose.length * 2));
      grown.set(this.#loose);
      this.#loose = grown;
    }
    this.#loose.set(content, this.#looseLength);
    this.#looseLength += content.length;
  }

  /** All values in order, when the last field was added. */
  finish(): readonly ByteRange[] {
    this.#gather();
    return this.ranges;
  }

  #gather(): void {
    if (this.#looseLength === 0) return;
    const values = this.#loose.slice(0, this.#looseLength);
    const source = memorySource(values, 'values of a tensor');
    this.ranges.push({ source, offset: 0, length: values.length });
    this.#looseLength = 0;
  }
}
