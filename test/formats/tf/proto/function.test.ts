import { expect, it } from 'vitest';
import { readFunction, readFunctionName } from '../../../../shared/formats/tf/proto/function.ts';
import { functionDef, node, readerOf } from './_wire.ts';

const twice = functionDef('twice', {
  parameters: ['x', 'y'],
  results: { out: 'add:z:0' },
  nodes: [node('add = AddV2(x, y)')],
});

it('reads a function', () => {
  const made = readFunction(readerOf(twice));
  expect(made).toMatchObject({
    name: 'twice',
    parameters: [
      { name: 'x', type: 'float32' },
      { name: 'y', type: 'float32' },
    ],
    outputs: ['out'],
    results: new Map([['out', 'add:z:0']]),
  });
  expect([...made.nodes.keys()]).toEqual(['add']);
});

it('reads its name alone', () => {
  const reader = readerOf(twice);
  expect(readFunctionName(reader)).toBe('twice');
  expect(reader.next()).toBe(false);
});

it('refuses two nodes of one name', () => {
  const nodes = [node('a = Neg(x)'), node('a = Abs(x)')];
  const bytes = functionDef('f', { parameters: ['x'], results: {}, nodes });
  expect(() => readFunction(readerOf(bytes))).toThrow("two nodes are named 'a'");
});
