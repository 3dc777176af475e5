import { expect, it } from 'vitest';
import { indexSchemas, parseSchema, sinceOf } from '../../shared/ops/parse-schema.ts';

const TEXT = `
@a float16 float32
= my.domain
Op 3 | X:T W?:int64 more**0:T | Y*2:T | axis:int=-1 mode:string! list:ints=[1,2] | T=a
Op 12 deprecated | X:T | Y:T |  | T=a
`;

it('reads a line', () => {
  const index = indexSchemas(TEXT);
  const [first = '', second = ''] = index.lines.get('my.domain')?.get('Op') ?? [];
  expect([first, second].map(sinceOf)).toEqual([3, 12]);
  const signature = parseSchema('my.domain', first, index);
  expect(signature.inputs).toEqual([
    { name: 'X', type: 'T', types: ['float16', 'float32'], option: 'single', homogeneous: true },
    { name: 'W', type: 'int64', types: ['int64'], option: 'optional', homogeneous: true },
    {
      name: 'more',
      type: 'T',
      types: ['float16', 'float32'],
      option: 'variadic',
      homogeneous: false,
    },
  ]);
  expect([signature.minInputs, signature.minOutputs, signature.maxOutputs]).toEqual([
    2,
    2,
    Number.POSITIVE_INFINITY,
  ]);
  expect([...signature.attributes.values()]).toEqual([
    { name: 'axis', kind: 'int', required: false, default: -1 },
    { name: 'mode', kind: 'string', required: true },
    { name: 'list', kind: 'ints', required: false, default: [1, 2] },
  ]);
  expect(parseSchema('my.domain', second, index)).toMatchObject({ deprecated: true, maxInputs: 1 });
});

it('refuses a line that is damaged', () => {
  const index = indexSchemas(TEXT);
  expect(() => parseSchema('', 'Op 1 | X? | Y:T | | ', index)).toThrow('is no parameter');
  expect(() => parseSchema('', 'Op 1 | X:T | Y:T | axis | ', index)).toThrow('is no attribute');
});
