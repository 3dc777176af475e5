import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { pruneGraphql } from './prune-graphql.ts';
import { OPERATIONS, pruneOpenapi } from './prune-openapi.ts';

/** A description of all operations, each with the same small answer. */
function description(): Record<string, unknown> {
  const operation = (operationId: string) => ({
    operationId,
    description: 'words',
    parameters: [{ $ref: '#/components/parameters/owner' }],
    responses: {
      200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } } },
      404: { description: 'not kept' },
    },
  });
  return {
    info: { version: '1.2.3' },
    paths: Object.fromEntries(
      [...OPERATIONS, 'other/operation'].map((id) => [`/${id}`, { get: operation(id) }]),
    ),
    components: {
      parameters: {
        owner: { name: 'owner', in: 'path', required: true, schema: { type: 'string' } },
      },
      schemas: {
        thing: {
          type: 'object',
          description: 'words',
          properties: {
            description: { type: 'string', nullable: true, example: 'a' },
            kind: { type: 'string', nullable: true, enum: ['a'] },
            inner: { allOf: [{ $ref: '#/components/schemas/thing' }], nullable: true },
          },
        },
        unused: { type: 'string' },
      },
    },
  };
}

it('keeps of REST what is wanted, as plain JSON schema', () => {
  const { version, operations, definitions } = pruneOpenapi(description());
  expect(version).toBe('1.2.3');
  expect(Object.keys(operations).toSorted()).toEqual([...OPERATIONS].toSorted());
  expect(operations['repos/get']).toEqual({
    method: 'GET',
    path: '/repos/get',
    parameters: [{ name: 'owner', in: 'path', required: true, schema: { type: 'string' } }],
    responses: { 200: { $ref: '#/definitions/thing' } },
  });
  expect(definitions).toEqual({
    thing: {
      type: 'object',
      properties: {
        // A member of that name is no word for readers.
        description: { type: ['string', 'null'] },
        kind: { type: ['string', 'null'], enum: ['a', null] },
        inner: { anyOf: [{ allOf: [{ $ref: '#/definitions/thing' }] }, { type: 'null' }] },
      },
    },
  });
});

it('names operations that are gone', () => {
  const { paths, ...rest } = description();
  expect(() => pruneOpenapi({ ...rest, paths: { '/user': Object(paths)['/repos/get'] } })).toThrow(
    /lacks users\/get-authenticated/,
  );
});

it('keeps of GraphQL the chosen fields with all that they need: the fixture is what it makes of itself', () => {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', 'schema.graphql'), 'utf8');
  expect(`${pruneGraphql(text)}\n`).toBe(text);
  expect(Object.keys(buildSchema(text).getMutationType()?.getFields() ?? {})).toContain(
    'resolveReviewThread',
  );
});

it('names fields that are gone', () => {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', 'schema.graphql'), 'utf8');
  expect(() => pruneGraphql(text.replace('  isResolved: Boolean!\n', ''))).toThrow(
    /PullRequestReviewThread has no isResolved/,
  );
});
