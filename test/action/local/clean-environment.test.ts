import { expect, test } from 'vitest';
import { cleanEnvironment } from '../../../action/local/clean-environment.ts';

test('what finds programs and the network goes on, what a workflow gave does not', () => {
  const kept = { PATH: '/bin', HOME: '/home/r', HTTPS_PROXY: 'http://p', LC_ALL: 'C', TMP: '/t' };
  const secret = {
    GITHUB_TOKEN: 't',
    INPUT_TOKEN: 't',
    ACTIONS_RUNTIME_TOKEN: 't',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
    AWS_SESSION_TOKEN: 't',
    NODE_OPTIONS: '--require=/tmp/x.js',
    npm_config__authToken: 't',
    MY_PATH: 'x',
  };
  expect(cleanEnvironment({ ...kept, ...secret })).toEqual(kept);
});
