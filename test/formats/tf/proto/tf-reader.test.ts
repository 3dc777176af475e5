import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../../shared/base/errors.ts';
import { TfReader } from '../../../../shared/formats/tf/proto/tf-reader.ts';
import { message, number, readerOf, text } from './_wire.ts';

describe('TfReader', () => {
  it('reads text that is no UTF-8 as Latin-1', () => {
    const reader = readerOf(message(1, [0xff, 0x41]), text(1, 'é'));
    reader.next();
    expect(reader.text()).toBe('ÿA');
    reader.next();
    expect(reader.text()).toBe('é');
  });

  it('reads map entries in any order of their fields', () => {
    const reader = readerOf(message(5, text(2, 'value'), text(1, 'key')), message(5, text(1, 'k')));
    reader.next();
    expect(reader.mapEntry(() => reader.string())).toEqual(['key', 'value']);
    reader.next();
    expect(reader.mapEntry(() => reader.string())).toEqual(['k', undefined]);
  });

  it('reads a message that was left where it is', () => {
    const reader = readerOf(number(1, 9), message(2, number(3, 7)), number(4, 1));
    reader.next();
    reader.skip();
    reader.next();
    const range = reader.range();
    const inner = TfReader.at(range, reader.budget);
    expect(inner.next()).toBe(true);
    expect([inner.field, inner.integer(), inner.next()]).toEqual([3, 7, false]);
  });

  it('leaves a message at its end', () => {
    const reader = readerOf(message(2, number(3, 7), number(3, 8)), number(4, 1));
    reader.next();
    const contents = reader.message(() => {
      const found = reader.contents;
      reader.leave();
      return found;
    });
    expect(contents).toMatchObject({ offset: 2, length: 4 });
    expect(reader.next() && reader.field).toBe(4);
  });

  it('says which kind of file is broken', () => {
    const reader = readerOf([0x0a, 0x7f]);
    reader.next();
    expect(() => reader.string()).toThrow(ModelError);
    expect(reader.error('x').message).toBe("'test.pb' is no valid TensorFlow file: x");
  });
});
