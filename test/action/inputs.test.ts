import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMENTS, FAIL_ON, MODES, NUMBERS_MAX_BYTES, readInputs } from '../../action/inputs.ts';
import { ROOT } from '../architecture/sources.ts';

const given = (inputs: Readonly<Record<string, string>>): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries({ token: 'ghs_secret', ...inputs }).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]),
  );

test('without any, all have their defaults', () => {
  expect(readInputs(given({}))).toEqual({
    config: 'fettle.yml',
    mode: 'local',
    functionName: 'fettle-api',
    token: 'ghs_secret',
    failOn: 'regressed',
    comment: { summary: true, review: true },
    commitStatus: false,
    updateArtifacts: false,
  });
});

test('a blank one is none', () => {
  expect(readInputs(given({ mode: '  ', config: '' }))).toMatchObject({
    mode: 'local',
    config: 'fettle.yml',
  });
});

test.each([
  [{ comment: 'summary' }, { comment: { summary: true, review: false } }],
  [{ comment: 'review' }, { comment: { summary: false, review: true } }],
  [{ comment: 'none' }, { comment: { summary: false, review: false } }],
  [{ config: './ml//fettle.yml' }, { config: 'ml/fettle.yml' }],
  [
    { function: 'arn:aws:lambda:eu-central-1:123456789012:function:fettle-api:live' },
    { functionName: expect.stringContaining(':live') },
  ],
  [{ 'commit-status': 'true' }, { commitStatus: true }],
  [{ 'update-artifacts': 'true' }, { updateArtifacts: true }],
  [{ numbers: '{}' }, { numbers: '{}' }],
])('%j', (inputs, expected) => {
  expect(readInputs(given(inputs))).toMatchObject(expected);
});

describe('a mistake names the input, the value and what may stand there', () => {
  test.each([
    [{ mode: 'lokal' }, 'the input "mode": "lokal": it is none of local, aws', 'local'],
    [
      { 'fail-on': 'always' },
      '"fail-on": "always": it is none of regressed, inconclusive, never',
      'Known',
    ],
    [
      { comment: 'summary,review' },
      'it is none of summary, review, summary+review, none',
      'summary+review',
    ],
    [
      { config: '../fettle.yml' },
      '"config": "../fettle.yml": a path inside the repository',
      'docs/',
    ],
    [{ config: '/etc/passwd' }, 'a path inside the repository', 'docs/'],
    [{ function: 'fettle api; rm' }, 'not the name or ARN of a Lambda function', 'docs/'],
    [{ 'commit-status': 'yes' }, 'none of true, false', 'true'],
    [
      { numbers: 'x'.repeat(NUMBERS_MAX_BYTES + 1) },
      `more than ${NUMBERS_MAX_BYTES} bytes`,
      'docs/',
    ],
    [{ token: '' }, 'the input "token": it is empty', 'docs/'],
  ])('%#', (inputs, message, hint) => {
    const error = (() => {
      try {
        return readInputs(given(inputs));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test('but a token is never repeated', () => {
    expect(() => readInputs({ ...given({}), 'INPUT_FAIL-ON': 'x' })).toThrow(/^(?!.*ghs_secret)/s);
  });
});

describe('action.yml', () => {
  const file = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

  test('has the same inputs and defaults', () => {
    const defaults = Object.entries(file.inputs).map(([name, input]) => {
      const value = Object.entries(input ?? {}).find(([key]) => key === 'default')?.[1];
      return [name, name === 'token' ? 'ghs_secret' : String(value)];
    });
    expect(readInputs(given(Object.fromEntries(defaults)))).toEqual(readInputs(given({})));
    expect(file.inputs.token.default).toMatch(/github\.token/);
  });

  test.each([
    ['mode', MODES],
    ['fail-on', FAIL_ON],
    ['comment', COMMENTS],
  ] as const)('says what %s may be', (name, values) => {
    for (const value of values) expect(file.inputs[name].description).toContain(value);
  });

  test('runs the bundle under Node 24', () => {
    expect(file.runs).toEqual({ using: 'node24', main: 'action/dist/main.js' });
  });
});
