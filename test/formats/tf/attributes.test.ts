import { describe, expect, it } from 'vitest';
import {
  boolAttribute,
  floatAttribute,
  floatsAttribute,
  functionAttribute,
  intAttribute,
  intsAttribute,
  shapeAttribute,
  stringAttribute,
  stringsAttribute,
  tensorAttribute,
  typeAttribute,
} from '../../../shared/formats/tf/attributes.ts';
import type { TfAttribute, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';

const having = (attributes: Readonly<Record<string, TfAttribute>>): TfNode => ({
  name: 'n',
  op: 'Op',
  inputs: [],
  attributes: new Map(Object.entries(attributes)),
});

const int = (value: number): TfAttribute => ({ kind: 'int', value });

describe('an attribute', () => {
  const full = having({
    i: int(3),
    f: { kind: 'float', value: 0.5 },
    b: { kind: 'bool', value: true },
    s: { kind: 'string', value: 'SAME' },
    t: { kind: 'type', value: 'int64' },
    shape: { kind: 'shape', value: [null, 3] },
    fn: { kind: 'function', value: 'body' },
    ints: { kind: 'list', value: [int(1), int(2)] },
    floats: { kind: 'list', value: [int(1), { kind: 'float', value: 2.5 }] },
    strings: { kind: 'list', value: [{ kind: 'string', value: 'Relu' }] },
    tensor: { kind: 'tensor', value: int64Tensor('', [1], [7]) },
  });

  it('that is there is read', () => {
    expect(intAttribute(full, 'i', 0)).toBe(3);
    expect([floatAttribute(full, 'f', 0), floatAttribute(full, 'i', 0)]).toEqual([0.5, 3]);
    expect(boolAttribute(full, 'b')).toBe(true);
    expect(stringAttribute(full, 's', '')).toBe('SAME');
    expect(typeAttribute(full, 't')).toBe('int64');
    expect(shapeAttribute(full, 'shape')).toEqual([null, 3]);
    expect(functionAttribute(full, 'fn')).toBe('body');
    expect(intsAttribute(full, 'ints')).toEqual([1, 2]);
    expect(floatsAttribute(full, 'floats')).toEqual([1, 2.5]);
    expect(stringsAttribute(full, 'strings')).toEqual(['Relu']);
    expect(tensorAttribute(full, 'tensor').dims).toEqual([1]);
  });

  it('that is not there is what the op says by default', () => {
    const bare = having({});
    expect([intAttribute(bare, 'i', 9), floatAttribute(bare, 'f', 0.1)]).toEqual([9, 0.1]);
    expect([boolAttribute(bare, 'b'), boolAttribute(bare, 'b', true)]).toEqual([false, true]);
    expect(stringAttribute(bare, 's', 'NHWC')).toBe('NHWC');
    expect(typeAttribute(bare, 't', 'int32')).toBe('int32');
    expect([shapeAttribute(bare, 'shape'), intsAttribute(bare, 'ints')]).toEqual([
      undefined,
      undefined,
    ]);
    expect([stringsAttribute(bare, 'strings'), floatsAttribute(bare, 'floats')]).toEqual([[], []]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['of another kind', () => intAttribute(full, 's', 0), /s is of kind string, not int/],
    ['that must be there', () => tensorAttribute(having({}), 'value'), /no attribute value/],
    ['that must name a function', () => functionAttribute(having({}), 'body'), /no function body/],
    ['without a type', () => typeAttribute(having({}), 'T'), /names no type/],
    [
      'of a type without elements',
      () => typeAttribute(having({ T: { kind: 'type', value: 'resource' } }), 'T'),
      /names resource type/,
    ],
    ['that lists other things', () => intsAttribute(full, 'strings'), /more than integers/],
    ['that lists no numbers', () => floatsAttribute(full, 'strings'), /more than numbers/],
    ['that lists no texts', () => stringsAttribute(full, 'ints'), /more than texts/],
  ])('%s is refused', (_, read, reason) => {
    expect(read).toThrow(reason);
  });
});
