import { expect, it } from 'vitest';
import { complete } from './complete.ts';

const definitions = {
  user: {
    type: 'object',
    required: ['login', 'id', 'url'],
    properties: {
      login: { type: 'string' },
      id: { type: 'integer' },
      url: { type: 'string', format: 'uri' },
      bio: { type: 'string' },
    },
  },
  nobody: { anyOf: [{ $ref: '#/definitions/user' }, { type: 'null' }] },
  tree: {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['tree'] }, inner: { $ref: '#/definitions/tree' } },
  },
};

it.each([
  [
    'what is given stays',
    { $ref: '#/definitions/user' },
    { login: 'a', more: 1 },
    {
      login: 'a',
      more: 1,
      id: 0,
      url: 'https://github.example/',
    },
  ],
  ['null where that is allowed', { $ref: '#/definitions/nobody' }, undefined, null],
  [
    'one of several by what is given',
    { $ref: '#/definitions/nobody' },
    { login: 'a' },
    {
      login: 'a',
      id: 0,
      url: 'https://github.example/',
    },
  ],
  [
    'inside of lists',
    { type: 'array', items: { $ref: '#/definitions/tree' } },
    [{}],
    [{ kind: 'tree' }],
  ],
  [
    'all parts of one',
    {
      allOf: [{ required: ['a'], properties: { a: { type: 'boolean' } } }, { required: ['b'] }],
    },
    {},
    { a: false, b: undefined },
  ],
  ['a type that may be null', { type: ['string', 'null'] }, undefined, null],
])('%s', (_, schema, given, whole) => {
  expect(complete(schema, given, definitions)).toEqual(whole);
});

it('chooses the branch whose closed words fit', () => {
  const branch = (kind: string) => ({
    type: 'object',
    required: ['kind', kind],
    properties: { kind: { enum: [kind] }, [kind]: { type: 'integer' } },
  });
  const schema = { oneOf: [branch('file'), branch('dir')] };
  expect(complete(schema, { kind: 'dir' }, {})).toEqual({ kind: 'dir', dir: 0 });
});
