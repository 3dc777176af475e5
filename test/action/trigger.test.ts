import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSameRepository, readTrigger } from '../../action/trigger.ts';
import { makeTempDir } from '../../shared/base/files.ts';

const [A, B] = ['a', 'b'].map((letter) => letter.repeat(40));
const folder = makeTempDir('event');
let count = 0;

function _read(name: string, event: unknown, env: NodeJS.ProcessEnv = {}) {
  const path = join(folder, `${count++}.json`);
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  return readTrigger({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, ...env });
}

const octo = { name: 'models', owner: { login: 'octo' } };
const pull = (head: unknown) => ({
  pull_request: {
    number: 7,
    base: { ref: 'main', sha: B, repo: octo },
    head: { ref: 'smaller', sha: A, repo: head },
  },
});
const repository = { default_branch: 'main' };

test.each([
  [
    'the own repository',
    octo,
    { isFork: false, headRepository: { owner: 'octo', repo: 'models' } },
  ],
  [
    'the own repository in other letters',
    { name: 'Models', owner: { login: 'Octo' } },
    { isFork: false },
  ],
  ['a fork', { name: 'models', owner: { login: 'mallory' } }, { isFork: true }],
  ['a fork that was deleted', null, { isFork: true, headRepository: undefined }],
])('a pull request of %s', (_, head, expected) => {
  const trigger = _read('pull_request', pull(head));
  expect(trigger).toMatchObject({
    kind: 'pull-request',
    pull: { number: 7, baseSha: B, headSha: A, baseRef: 'main', ...expected },
  });
});

test.each<[string, unknown, object]>([
  [
    'push',
    { before: B, after: A, ref: 'refs/heads/main', repository },
    { kind: 'push', before: B, after: A, defaultBranch: 'main' },
  ],
  [
    'push',
    { before: '0'.repeat(40), after: A, ref: 'refs/heads/x', repository },
    { kind: 'push', before: undefined },
  ],
  [
    'merge_group',
    { merge_group: { base_sha: B, head_sha: A, head_ref: 'refs/heads/queue' }, repository },
    { kind: 'push', before: B, after: A },
  ],
  ['schedule', { schedule: '0 5 * * 1' }, { kind: 'schedule', sha: A, ref: 'refs/heads/main' }],
  ['workflow_dispatch', { inputs: {} }, { kind: 'manual', sha: A }],
  [
    'workflow_run',
    {
      workflow_run: {
        event: 'pull_request',
        head_sha: A,
        head_branch: 'patch',
        head_repository: octo,
      },
    },
    {
      kind: 'workflow-run',
      headSha: A,
      headBranch: 'patch',
      event: 'pull_request',
      headRepository: { owner: 'octo', repo: 'models' },
    },
  ],
])('%s', (name, event, expected) => {
  expect(_read(name, event, { GITHUB_SHA: A, GITHUB_REF: 'refs/heads/main' })).toMatchObject(
    expected,
  );
});

describe('is refused', () => {
  test.each([
    ['pull_request_target', {}, 'pull_request_target is refused', 'workflow_run'],
    ['issues', {}, 'what to compare on the event issues', 'schedule'],
    ['constructor', {}, 'the event constructor', 'push'],
    ['', {}, '(none)', 'push'],
  ])('the event "%s"', (name, event, message, hint) => {
    expect(() => _read(name, event)).toThrow(message);
    try {
      _read(name, event);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, hint: expect.stringContaining(hint) });
    }
  });

  test.each([
    ['no JSON', '{', 'cannot be read'],
    [
      'no commit',
      {
        ...pull(octo),
        pull_request: {
          ...pull(octo).pull_request,
          base: { ref: 'main', sha: '--upload', repo: octo },
        },
      },
      'pull_request.base.sha',
    ],
    ['nothing', {}, 'pull_request'],
  ])('an event with %s', (_, event, message) => {
    expect(() => _read('pull_request', event)).toThrow(message);
  });

  test('a process that no runner started', () => {
    expect(() => readTrigger({ GITHUB_EVENT_NAME: 'push' })).toThrow('GITHUB_EVENT_PATH');
  });
});

test('names of repositories are the same in any letters', () => {
  expect(isSameRepository({ owner: 'A', repo: 'b' }, { owner: 'a', repo: 'B' })).toBe(true);
  expect(isSameRepository({ owner: 'a', repo: 'b' }, { owner: 'a', repo: 'c' })).toBe(false);
});
