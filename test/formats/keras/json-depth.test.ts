import { expect, it } from 'vitest';
import { checkDepth } from '../../../shared/formats/keras/json-depth.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';

it('deep nesting ends without a deep stack', () => {
  let deep: Json = {};
  for (let depth = 0; depth < 100_000; depth++) deep = { config: deep };
  expect(() => checkDepth(deep)).toThrow(/nests more than 200 deep/);
  expect(() => checkDepth({ a: [[[{ b: 1 }]]] })).not.toThrow();
});
