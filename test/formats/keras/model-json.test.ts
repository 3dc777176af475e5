import { expect, it } from 'vitest';
import { majorOf, parseConfig, readConfig } from '../../../shared/formats/keras/model-json.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

it('reads numbers that Python writes and JSON does not know, outside of text', () => {
  expect(parseConfig('{"a": NaN, "b": [Infinity, -Infinity], "c": "x: NaN"}', 'm')).toEqual({
    a: null,
    b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    c: 'x: NaN',
  });
});

it('what is no JSON is named', () => {
  expect(() => parseConfig('{', 'm.keras: config.json')).toThrow('m.keras: config.json is no JSON');
  expect(readConfig(memorySource(new TextEncoder().encode('[1]')), 'm')).toEqual([1]);
});

it.each([
  ['2.15.0', 2],
  ['3.0.0', 3],
  ['10.1', 3],
  [undefined, 2],
  ['nonsense', 2],
])('version %s is major %i', (version, major) => {
  expect(majorOf(version)).toBe(major);
});
