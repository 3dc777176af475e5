/** TypeProto, TensorShapeProto and ValueInfoProto. */
import { type ElementType, elementTypeOf } from '../element-type.ts';
import type { Dim, ValueInfo, ValueType } from '../model.ts';
import { readStringMapEntry } from './read-strings.ts';
import type { Field, Scanner } from './scanner.ts';

/** A ValueInfoProto that ends at `end`. */
export function readValueInfo(scanner: Scanner, end: number): ValueInfo {
  let name = '';
  let type: ValueType | null = null;
  let docString: string | undefined;
  const metadata = new Map<string, string>();
  const unknown: Uint8Array[] = [];
  for (const item of scanner.fields(end)) {
    if (item.number === 1) name = scanner.string(item.end);
    else if (item.number === 2) type = readType(scanner, item);
    else if (item.number === 3) docString = scanner.string(item.end);
    else if (item.number === 4) readStringMapEntry(scanner, item.end, metadata);
    else unknown.push(scanner.raw(item));
  }
  return {
    name,
    type,
    ...(docString ? { docString } : {}),
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** The TypeProto in `field`; `null` when it says nothing. */
export function readType(scanner: Scanner, field: Field): ValueType | null {
  const start = scanner.position;
  let type: ValueType | null = null;
  for (const item of scanner.fields(field.end)) {
    if (item.number === 1) type = readTensorType(scanner, item.end, 'tensor');
    else if (item.number === 8) type = readTensorType(scanner, item.end, 'sparse-tensor');
    else if (item.number === 4 || item.number === 9) {
      const element = readElement(scanner, item.end);
      if (element) type = { kind: item.number === 4 ? 'sequence' : 'optional', element };
    } else if (item.number === 5) type = readMap(scanner, item.end);
    // Denotation (6) says nothing about the value; Opaque (7) and later kinds are kept whole.
    if (type === null && item.number !== 6) {
      scanner.position = start;
      return { kind: 'unknown', encoded: scanner.bytes(field.end) };
    }
  }
  return type;
}

function readTensorType(
  scanner: Scanner,
  end: number,
  kind: 'tensor' | 'sparse-tensor',
): ValueType | null {
  let elementType: ElementType | undefined;
  let shape: readonly Dim[] | null = null;
  for (const item of scanner.fields(end)) {
    if (item.number === 1) elementType = elementTypeOf(scanner.int32(item.end));
    else if (item.number === 2) shape = readShape(scanner, item.end);
  }
  return elementType ? { kind, elementType, shape } : null;
}

function readShape(scanner: Scanner, end: number): readonly Dim[] {
  const shape: Dim[] = [];
  for (const item of scanner.fields(end)) {
    if (item.number !== 1) continue;
    let dim: Dim = null;
    for (const part of scanner.fields(item.end)) {
      if (part.number === 1) {
        const value = Number(scanner.int64(part.end));
        dim = value >= 0 ? value : null;
      } else if (part.number === 2) {
        const name = scanner.string(part.end);
        dim = name === '' ? null : name;
      }
    }
    shape.push(dim);
  }
  return shape;
}

function readElement(scanner: Scanner, end: number): ValueType | null {
  let element: ValueType | null = null;
  for (const item of scanner.fields(end)) if (item.number === 1) element = readType(scanner, item);
  return element;
}

function readMap(scanner: Scanner, end: number): ValueType | null {
  let key: ElementType | undefined;
  let value: ValueType | null = null;
  for (const item of scanner.fields(end)) {
    if (item.number === 1) key = elementTypeOf(scanner.int32(item.end));
    else if (item.number === 2) value = readType(scanner, item);
  }
  return key && value ? { kind: 'map', key, value } : null;
}
