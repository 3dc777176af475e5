import { describe, expect, it } from 'vitest';
import type { OwnThread } from '../../../action/post/conversation.ts';
import type { GithubApi, GraphqlAnswer } from '../../../action/post/ports.ts';
import { beginThreads, changeThreads } from '../../../action/post/review.ts';

const begin = ['a', 'b'].map((name) => ({
  mark: { key: name.repeat(16), status: 'open', state: '0'.repeat(16) } as const,
  path: `${name}.onnx`,
  body: name,
  kind: 'broken' as const,
}));
const pull = { id: 'PR', headSha: 'f'.repeat(40) };
const started = { data: { addPullRequestReview: { pullRequestReview: { id: 'R' } } }, errors: [] };
const thread: OwnThread = {
  id: 'T',
  commentId: 'C',
  body: '',
  isResolved: false,
  mark: { key: '1'.repeat(16), status: 'open', state: '0'.repeat(16) },
};

function apiOf(...answers: readonly (GraphqlAnswer | Error)[]) {
  const queries: string[] = [];
  let next = 0;
  const api: GithubApi = {
    rest: () => Promise.reject(new Error('no REST here')),
    graphql: async (query) => {
      queries.push(query);
      const answer = answers[next++] ?? { data: {}, errors: [] };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { api, queries };
}

describe('beginThreads', () => {
  it('no thread, no request', async () => {
    const { api, queries } = apiOf();
    expect(await beginThreads(api, [], pull)).toEqual([]);
    expect(queries).toEqual([]);
  });

  it('one refused: the others are there, and it is named', async () => {
    const answer = {
      data: { t0: null, t1: {}, submit: {} },
      errors: [{ message: 'x', path: ['t0'] }],
    };
    const { api, queries } = apiOf(started, answer);
    expect(await beginThreads(api, begin, pull)).toEqual(['a.onnx']);
    expect(queries).toHaveLength(2);
    expect(queries[1]).toContain('subjectType: FILE');
  });

  it('not sent: the review is not left half made', async () => {
    const refused = { data: { t0: {}, t1: {} }, errors: [{ message: 'blank', path: ['submit'] }] };
    for (const answer of [refused, new Error('reset')]) {
      const { api, queries } = apiOf(started, answer);
      await expect(beginThreads(api, begin, pull)).rejects.toThrow();
      expect(queries.at(-1)).toContain('deletePullRequestReview');
    }
  });

  it('what an earlier run left is put away in the same request', async () => {
    const { api, queries } = apiOf(started);
    await beginThreads(api, begin, { ...pull, leftoverReview: 'OLD' });
    expect(queries[0]).toMatch(/discard: deletePullRequestReview[\s\S]*addPullRequestReview/);
  });
});

describe('changeThreads', () => {
  const plan = { edit: [{ thread, body: 'new' }], resolve: [thread], reopen: [] };

  it('is one request; what may not be resolved is counted', async () => {
    const answer = { data: {}, errors: [{ message: 'x', type: 'FORBIDDEN', path: ['r0'] }] };
    const { api, queries } = apiOf(answer);
    expect(await changeThreads(api, plan)).toEqual({ refused: [], unresolved: 1 });
    expect(queries).toHaveLength(1);
  });

  it('a text that may not be changed is named; a request that fails throws', async () => {
    const one = { data: {}, errors: [{ message: 'x', path: ['e0'] }] };
    expect(await changeThreads(apiOf(one).api, plan)).toEqual({ refused: ['T'], unresolved: 0 });
    const whole = { data: null, errors: [{ message: 'down' }] };
    await expect(changeThreads(apiOf(whole).api, plan)).rejects.toThrow('down');
    expect(await changeThreads(apiOf().api, { edit: [], resolve: [], reopen: [] })).toEqual({
      refused: [],
      unresolved: 0,
    });
  });
});
