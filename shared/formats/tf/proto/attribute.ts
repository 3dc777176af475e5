/** AttrValue. Source: tensorflow/core/framework/attr_value.proto. */

import { typeOfNumber } from '../data-type.ts';
import type { TfAttribute } from '../tf-graph.ts';
import { readShape } from './shape.ts';
import { readTensor } from './tensor.ts';
import type { TfReader } from './tf-reader.ts';

/** What an attribute takes besides its contents. */
const ATTRIBUTE_BYTES = 120;

const SHAPES = '_output_shapes';

/** Adds the current map entry. Notes of TensorFlow to itself (`_class` …) are left out. */
export function readAttribute(reader: TfReader, attributes: Map<string, TfAttribute>): void {
  const [name, value] = reader.mapEntry((key) => {
    const isKept = !key.startsWith('_') || (reader.budget.keepsShapes && key === SHAPES);
    if (isKept) return reader.message(() => readValue(reader));
    reader.skip();
    return undefined;
  });
  if (value) attributes.set(name, value);
}

/** The current message; `undefined` for one without a value, for placeholders, and for handles. */
function readValue(reader: TfReader): TfAttribute | undefined {
  let value: TfAttribute | undefined;
  reader.charge(ATTRIBUTE_BYTES);
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        value = { kind: 'list', value: reader.message(() => readList(reader)) };
        break;
      case 2:
        value = { kind: 'string', value: reader.text() };
        break;
      case 3:
        // Seeds use all 64 bits; what matters (sizes, axes) is exact.
        value = { kind: 'int', value: Number(reader.int64()) };
        break;
      case 4:
        value = { kind: 'float', value: reader.float32() };
        break;
      case 5:
        value = { kind: 'bool', value: reader.boolean() };
        break;
      case 6:
        value = { kind: 'type', value: typeOfNumber(reader.integer()) };
        break;
      case 7:
        value = { kind: 'shape', value: reader.message(() => readShape(reader)) };
        break;
      case 8: {
        const tensor = reader.message(() => readTensor(reader));
        value = tensor && { kind: 'tensor', value: tensor };
        break;
      }
      case 10:
        value = reader.message(() => readFunctionName(reader));
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

/** The current ListValue. */
function readList(reader: TfReader): TfAttribute[] {
  const items: TfAttribute[] = [];
  const add = (item: TfAttribute): void => {
    reader.charge(ATTRIBUTE_BYTES);
    items.push(item);
  };
  while (reader.next()) {
    switch (reader.field) {
      case 2:
        add({ kind: 'string', value: reader.text() });
        break;
      case 3:
        for (const value of reader.int64s(undefined)) add({ kind: 'int', value: Number(value) });
        break;
      case 4:
        for (const value of reader.float32s(undefined)) add({ kind: 'float', value });
        break;
      case 5:
        for (const value of reader.int64s(undefined)) add({ kind: 'bool', value: value !== 0 });
        break;
      case 6:
        for (const value of reader.int64s(undefined))
          add({ kind: 'type', value: typeOfNumber(Number(value)) });
        break;
      case 7:
        add({ kind: 'shape', value: reader.message(() => readShape(reader)) });
        break;
      case 8: {
        const tensor = reader.message(() => readTensor(reader));
        if (tensor) add({ kind: 'tensor', value: tensor });
        break;
      }
      case 9:
        add(reader.message(() => readFunctionName(reader)));
        break;
      default:
        reader.skip();
    }
  }
  return items;
}

/** The current NameAttrList. */
function readFunctionName(reader: TfReader): TfAttribute {
  let name = '';
  const attributes = new Map<string, TfAttribute>();
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) readAttribute(reader, attributes);
    else reader.skip();
  }
  return { kind: 'function', value: name, ...(attributes.size > 0 && { attributes }) };
}
