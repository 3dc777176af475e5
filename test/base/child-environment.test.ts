import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childEnvironment } from '../../shared/base/child-environment.ts';

const NEEDED = { PATH: '/bin', TMPDIR: '/tmp', LD_LIBRARY_PATH: '/opt', PYTHONPATH: '/lib' };

/** What functions, containers, runners, terminals and stacks have in theirs. */
const OTHERS = {
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_SESSION_TOKEN: 'x',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'x',
  AWS_LAMBDA_RUNTIME_API: 'x',
  AWS_PROFILE: 'x',
  GITHUB_TOKEN: 'x',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'x',
  npm_config__authToken: 'x',
  NODE_OPTIONS: '--require=x',
  SSH_AUTH_SOCK: 'x',
  https_proxy: 'http://user:password@x',
  DATABASE_URL: 'x',
  FETTLE_INBOX: 'x',
  FETTLE_ORDER: 'x',
  FETTLE_PYTHON: 'x',
};

test('a child sees what it needs, and nothing that may be a permission', () => {
  expect(childEnvironment({}, { ...NEEDED, ...OTHERS, HOME: undefined })).toEqual(NEEDED);
});

test('what it is given on purpose comes first', () => {
  const given = { TMPDIR: '/own', ORT_DISABLE_TELEMETRY: '1' };
  expect(childEnvironment(given, NEEDED)).toEqual({ ...NEEDED, ...given });
});

test('without another it is made of this process’s', () => {
  expect(childEnvironment().PATH).toBe(process.env.PATH);
});

test('every process that the library starts with code of its own gets it', () => {
  const folder = fileURLToPath(new URL('../../shared', import.meta.url));
  const starting = globSync('**/*.ts', { cwd: folder }).filter((path) =>
    /\b(?:fork|spawn)\(/.test(readFileSync(join(folder, path), 'utf8')),
  );
  expect(starting.length).toBeGreaterThan(2);
  for (const path of starting)
    expect(readFileSync(join(folder, path), 'utf8'), path).toContain('env: childEnvironment(');
});
