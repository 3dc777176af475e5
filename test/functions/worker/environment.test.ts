import { expect, test } from 'vitest';
import { workerEnvironment } from '../../../functions/worker/environment.ts';

const KEPT = {
  PATH: '/bin',
  TMPDIR: '/tmp',
  _HANDLER: 'index.work',
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
  AWS_LAMBDA_FUNCTION_NAME: 'fettle-work',
  AWS_REGION: 'us-east-1',
  FETTLE_CONFINE: '/opt/fettle/confine',
  FETTLE_ALONE: '1',
};

test('a worker keeps what its runtime needs, and no permission', () => {
  const permissions = {
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 'x',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'x',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'x',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x',
    AWS_WEB_IDENTITY_TOKEN_FILE: 'x',
    ECS_CONTAINER_METADATA_URI_V4: 'x',
    FETTLE_ORDER: 'x',
    FETTLE_INBOX: 'x',
    FETTLE_OUTBOX: 'x',
    LD_PRELOAD: 'x',
    NODE_OPTIONS: 'x',
  };
  expect(workerEnvironment({ ...KEPT, ...permissions, AWS_LAMBDA_LOG_LEVEL: undefined })).toEqual(
    KEPT,
  );
});

test('what is handed over comes along', () => {
  const more = { FETTLE_ORDER_FILE: '/tmp/order' };
  expect(workerEnvironment(KEPT, more)).toEqual({ ...KEPT, ...more });
});
