import { expect, it } from 'vitest';
import { type Parameter, parameterAt } from '../../shared/ops/signature.ts';

it('a variadic parameter stands for all positions behind it', () => {
  const parameter = (name: string, option: Parameter['option']): Parameter => ({
    name,
    type: 'T',
    types: [],
    option,
    homogeneous: true,
  });
  const parameters = [parameter('a', 'single'), parameter('b', 'variadic')];
  expect([0, 1, 5].map((at) => parameterAt(parameters, at)?.name)).toEqual(['a', 'b', 'b']);
  expect(parameterAt([parameter('a', 'single')], 1)).toBeUndefined();
});
