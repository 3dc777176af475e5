import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { attributeOf, shapeOf, typeOf } from '../../../shared/formats/tfjs/attribute.ts';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

describe('attributes in JSON', () => {
  test.each<[string, Json, unknown]>([
    ['64-bit integers are texts', { i: '-1' }, { kind: 'int', value: -1 }],
    ['small ones may be numbers', { i: 3 }, { kind: 'int', value: 3 }],
    ['numbers', { f: 0.5 }, { kind: 'float', value: 0.5 }],
    ['infinite numbers', { f: '-Infinity' }, { kind: 'float', value: -Infinity }],
    ['numbers that are none', { f: 'NaN' }, { kind: 'float', value: Number.NaN }],
    ['truth', { b: true }, { kind: 'bool', value: true }],
    ['falsehood', { b: false }, { kind: 'bool', value: false }],
    ['text is base64', { s: base64('SAME') }, { kind: 'string', value: 'SAME' }],
    ['text as numbers', { s: [78, 72] }, { kind: 'string', value: 'NH' }],
    ['bytes that are no UTF-8', { s: base64('\xff\xfe') }, { kind: 'string', value: '\xff\xfe' }],
    ['types', { type: 'DT_INT64' }, { kind: 'type', value: 'int64' }],
    [
      'a shape',
      { shape: { dim: [{ size: '-1' }, { size: '2' }, {}] } },
      { kind: 'shape', value: [null, 2, 0] },
    ],
    ['a scalar shape', { shape: {} }, { kind: 'shape', value: [] }],
    ['no rank', { shape: { unknownRank: true } }, { kind: 'shape', value: null }],
    ['a function', { func: { name: 'body' } }, { kind: 'function', value: 'body' }],
    [
      'a list',
      { list: { i: ['1', '2'] } },
      {
        kind: 'list',
        value: [
          { kind: 'int', value: 1 },
          { kind: 'int', value: 2 },
        ],
      },
    ],
    [
      'a list of texts',
      { list: { s: [base64('Relu')] } },
      { kind: 'list', value: [{ kind: 'string', value: 'Relu' }] },
    ],
    ['an empty list', { list: {} }, { kind: 'list', value: [] }],
    ['a constant lies with the weights', { tensor: { dtype: 'DT_FLOAT' } }, undefined],
    ['nothing', {}, undefined],
    ['what every object has', { toString: 1 }, undefined],
  ])('%s', (_, json, attribute) => {
    expect(attributeOf(json, 'it')).toEqual(attribute);
  });

  test.each<[string, Json]>([
    ['no object', 1],
    ['an integer that is none', { i: '1.5' }],
    ['an empty integer', { i: '' }],
    ['a number that is none', { f: 'many' }],
    ['text that is none', { s: 5 }],
    ['a list that is none', { list: { i: 7 } }],
    ['a shape that is none', { shape: { dim: 'x' } }],
    ['a shape of too many axes', { shape: { dim: Array.from({ length: 300 }, () => 1) } }],
    ['a function without a name', { func: {} }],
  ])('%s is refused', (_, json) => {
    expect(() => attributeOf(json, 'it')).toThrow(ModelError);
  });
});

test('types by number, as old converters wrote them', () => {
  expect(typeOf(3)).toBe('int32');
  expect(typeOf(undefined)).toBe('unknown');
});

test('no shape is one of unknown rank', () => {
  expect(shapeOf(undefined, 'it')).toBeNull();
});
