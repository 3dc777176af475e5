import { describe, expect, it } from 'vitest';
import { readAttribute } from '../../../../shared/formats/tf/proto/attribute.ts';
import { Budget } from '../../../../shared/formats/tf/proto/budget.ts';
import { TfReader } from '../../../../shared/formats/tf/proto/tf-reader.ts';
import type { TfAttribute } from '../../../../shared/formats/tf/tf-graph.ts';
import { memorySource } from '../../../../shared/onnx/byte-source.ts';
import {
  attribute,
  entry,
  float,
  floats,
  floatTensor,
  message,
  number,
  shape,
  text,
} from './_wire.ts';

function read(bytes: Uint8Array, keepsShapes = false): ReadonlyMap<string, TfAttribute> {
  const reader = new TfReader(memorySource(bytes), new Budget('test', { keepsShapes }));
  const attributes = new Map<string, TfAttribute>();
  while (reader.next()) readAttribute(reader, attributes);
  return attributes;
}

const list = (...content: Uint8Array[]): Uint8Array => entry(5, 'a', message(1, ...content));

describe('readAttribute', () => {
  it.each<[string, Uint8Array, TfAttribute]>([
    ['int', attribute.int('a', -3), { kind: 'int', value: -3 }],
    ['a seed of 64 bits', entry(5, 'a', number(3, 2n ** 62n)), { kind: 'int', value: 2 ** 62 }],
    ['float', entry(5, 'a', float(4, 0.5)), { kind: 'float', value: 0.5 }],
    ['bool', attribute.bool('a', true), { kind: 'bool', value: true }],
    ['text', attribute.text('a', 'SAME'), { kind: 'string', value: 'SAME' }],
    ['type', attribute.type('a', 19), { kind: 'type', value: 'float16' }],
    ['reference to a type', attribute.type('a', 101), { kind: 'type', value: 'float32' }],
    ['shape', attribute.shape('a', -1, 2), { kind: 'shape', value: [null, 2] }],
    ['function', attribute.function('a', 'f'), { kind: 'function', value: 'f' }],
    ['empty list', list(), { kind: 'list', value: [] }],
    [
      'ints',
      list(message(3, [1, 2])),
      {
        kind: 'list',
        value: [
          { kind: 'int', value: 1 },
          { kind: 'int', value: 2 },
        ],
      },
    ],
    ['floats', list(message(4, floats(2))), { kind: 'list', value: [{ kind: 'float', value: 2 }] }],
    ['bools', list(message(5, [1])), { kind: 'list', value: [{ kind: 'bool', value: true }] }],
    ['texts', list(text(2, 'x')), { kind: 'list', value: [{ kind: 'string', value: 'x' }] }],
    ['types', list(message(6, [3])), { kind: 'list', value: [{ kind: 'type', value: 'int32' }] }],
    [
      'shapes',
      list(message(7, shape(4))),
      { kind: 'list', value: [{ kind: 'shape', value: [4] }] },
    ],
    [
      'functions',
      list(message(9, text(1, 'f'))),
      { kind: 'list', value: [{ kind: 'function', value: 'f' }] },
    ],
  ])('%s', (_, bytes, wanted) => expect(read(bytes).get('a')).toEqual(wanted));

  it('tensors, alone and in lists', () => {
    expect(read(attribute.tensor('a', floatTensor([1], 5))).get('a')).toMatchObject({
      kind: 'tensor',
      value: { type: 'float32', dims: [1] },
    });
    expect(read(list(message(8, floatTensor([1], 5)))).get('a')).toMatchObject({
      value: [{ kind: 'tensor' }],
    });
  });

  it('attributes of functions', () => {
    const bytes = entry(5, 'a', message(10, text(1, 'f'), entry(2, 'T', number(6, 1))));
    expect(read(bytes).get('a')).toEqual({
      kind: 'function',
      value: 'f',
      attributes: new Map([['T', { kind: 'type', value: 'float32' }]]),
    });
  });

  it('leaves out notes of TensorFlow to itself', () => {
    const noted = entry(5, '_output_shapes', message(1, message(7, shape(4))));
    expect(read(noted).size).toBe(0);
    expect(read(noted, true).size).toBe(1);
    expect(read(attribute.int('_class', 1), true).size).toBe(0);
    expect(read(entry(5, 'placeholder', text(9, 'x'))).size).toBe(0);
  });

  it('stops at functions in functions in functions', () => {
    let inner: Uint8Array = text(1, 'f');
    for (let depth = 0; depth < 200; depth++) inner = message(10, entry(2, 'x', inner));
    expect(() => read(entry(5, 'a', inner))).toThrow('nested more than');
  });
});
