import { expect, test } from 'vitest';
import { explainGitHub, statusOf } from '../../../action/github/explain.ts';

const answer = (status: number): Error => Object.assign(new Error('Nope\nmore'), { status });

test.each([
  [answer(401), 2, 'Check the input "token".'],
  [answer(403), 2, 'Grant it in the workflow: permissions: { contents: read }'],
  [answer(404), 2, 'the token may not see it'],
  [answer(502), 3, 'Run the job again later.'],
  [new Error('socket'), 3, 'Run the job again later.'],
])('%s', (error, code, hint) => {
  const explained = explainGitHub(error, 'read the tree of 1a2b', 'contents: read');
  expect(explained.exitCode).toBe(code);
  expect(explained.hint).toContain(hint);
  expect(explained.message).toContain('GitHub did not let Fettle read the tree of 1a2b');
  expect(explained.message).not.toContain('\n');
  expect(explained.cause).toBe(error);
});

test('a status is a number', () => {
  expect(statusOf(answer(404))).toBe(404);
  expect(statusOf(Object.assign(new Error('x'), { status: '404' }))).toBeUndefined();
  expect(statusOf('404')).toBeUndefined();
});
