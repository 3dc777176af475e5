import { expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../../shared/base/errors.ts';
import { isShareable, readAttribute } from '../../../shared/onnx/wire/read-attribute.ts';
import type { Message } from '../_oracle.ts';
import { readMessage, UNKNOWN_FIELD } from './_messages.ts';

const read = (message: Message, more: readonly number[] = []) =>
  readMessage('AttributeProto', { name: 'a', ...message }, readAttribute, more);
const tensor = { data_type: 3, dims: [1], raw_data: Uint8Array.of(1) };

it('infers the type that files of IR 1 leave out', () => {
  expect(read({ i: 3 })[1]).toEqual({ type: 'int', value: 3 });
  expect(read({ floats: [1, 2] })[1]).toEqual({ type: 'floats', value: [1, 2] });
  expect(() => read({})).toThrow("attribute 'a' has no value");
});

it('takes the value that the type announces, whatever else is there', () => {
  expect(read({ f: 1, i: 0, s: Uint8Array.of(1), type: 1 })[1]).toEqual({
    type: 'float',
    value: 1,
  });
  expect(read({ i: 7, ints: [1], type: 7 })[1]).toEqual({ type: 'ints', value: [1] });
});

it('takes zero and empty where proto3 writers leave them out', () => {
  const empty: unknown[] = [1, 2, 3, 6, 7, 8, 9, 10, 12, 14].map((type) => read({ type })[1].value);
  expect(empty).toEqual([0, 0, new Uint8Array(), [], [], [], [], [], [], []]);
});

it.each([4, 5, 11, 13])('wants the message that type %s announces', (type) => {
  expect(() => read({ type })).toThrow(ModelError);
});

it('reads references, which need a type', () => {
  expect(read({ ref_attr_name: 'outer', type: 2 })[1]).toEqual({
    type: 'reference',
    value: 'outer',
    of: 'int',
  });
  expect(() => read({ ref_attr_name: 'outer' })).toThrow('has no type');
});

it('refuses types of a later schema', () => {
  expect(() => read({ type: 15 })).toThrow(UnsupportedError);
});

it('keeps int64 exact', () => {
  expect(read({ i: '9223372036854775807', type: 2 })[1].value).toBe(2n ** 63n - 1n);
  expect(read({ ints: ['-9223372036854775808', 5], type: 7 })[1].value).toEqual([-(2n ** 63n), 5]);
});

it('shares only what holds no position in the file', () => {
  expect(isShareable(read({ i: 1, type: 2 }))).toBe(true);
  expect(isShareable(read({ t: tensor, type: 4 }))).toBe(false);
  expect(isShareable(read({ i: 1, type: 2 }, UNKNOWN_FIELD))).toBe(false);
});
