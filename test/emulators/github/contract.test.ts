import { expect, it } from 'vitest';
import { Contract } from './contract.ts';
import { GithubError } from './errors.ts';
import { OPERATIONS } from './prune-openapi.ts';
import { ROUTES } from './routes/index.ts';

const contract = new Contract();

it('describes every operation that has a route, and no other', () => {
  expect(Object.keys(ROUTES).toSorted()).toEqual([...OPERATIONS].toSorted());
});

it.each([
  ['GET', '/repos/o/r/contents/a%2Fb.onnx', 'repos/get-content', { path: 'a/b.onnx' }],
  ['GET', '/repos/o/r/contents/a/b%20c.onnx', 'repos/get-content', { path: 'a/b c.onnx' }],
  ['GET', '/repos/o/r/contents/', 'repos/get-content', { path: '' }],
  ['GET', '/repos/o/r/git/ref/heads/a/b', 'git/get-ref', { ref: 'heads/a/b' }],
  ['GET', '/repos/o/r/compare/main...fork:a%2Fb', 'repos/compare-commits-with-basehead', {}],
  ['GET', '/repos/o/r/commits/abc/pulls', 'repos/list-pull-requests-associated-with-commit', {}],
  ['GET', '/repos/o/r/commits/abc', 'repos/get-commit', { ref: 'abc' }],
  ['PATCH', '/repos/o/r/pulls/comments/7', 'pulls/update-review-comment', { comment_id: '7' }],
] as const)('finds %s %s', (method, path, id, params) => {
  const found = contract.find(method, path);
  expect(found?.id).toBe(id);
  expect(found?.params).toMatchObject(params);
});

it('finds nothing where GitHub has nothing', () => {
  expect(contract.find('POST', '/repos/o/r/contents/a')).toBeUndefined();
  expect(contract.find('GET', '/repos/o/r/nowhere')).toBeUndefined();
});

it.each([
  ['a missing member', { body: 'b', path: 'p' }, 'commit_id'],
  ['a wrong type', { body: 1, path: 'p', commit_id: 'c' }, 'body'],
  [
    'a value of no enum',
    { body: 'b', path: 'p', commit_id: 'c', subject_type: 'all' },
    'enum|one of',
  ],
])('refuses %s', (_, body, told) => {
  const match = contract.find('POST', '/repos/o/r/pulls/1/comments');
  if (!match) throw new Error('no route');
  const check = () => contract.checkRequest(match, new URLSearchParams(), body);
  expect(check).toThrow(GithubError);
  expect(check).toThrow(new RegExp(told));
});

it('refuses a query that the schema does not allow', () => {
  const match = contract.find('GET', '/repos/o/r/issues');
  if (!match) throw new Error('no route');
  expect(() => contract.checkRequest(match, new URLSearchParams('state=some'), {})).toThrow(
    /state/,
  );
});

it('tells parameters that GitHub does not know', () => {
  const match = contract.find('POST', '/repos/o/r/issues/1/comments');
  if (!match) throw new Error('no route');
  const query = new URLSearchParams('dry=1');
  expect(contract.unknowns(match, query, { body: 'b', subject: 's' })).toEqual(['?dry', 'subject']);
});

it('completes an answer, and refuses one that contradicts the schema', () => {
  const match = contract.find('GET', '/repos/o/r/issues/comments/1');
  if (!match) throw new Error('no route');
  expect(contract.complete(match, { status: 200, body: { id: 1, body: 'b' } })).toMatchObject({
    id: 1,
    body: 'b',
    user: null,
    html_url: expect.any(String),
  });
  expect(() => contract.complete(match, { status: 200, body: { id: 'one' } })).toThrow(/id/);
  expect(() => contract.complete(match, { status: 201, body: {} })).toThrow(/201/);
});
