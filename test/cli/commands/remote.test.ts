import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { s3Client } from '../../../functions/adapters/clients.ts';
import { S3Objects } from '../../../functions/adapters/s3-objects.ts';
import { fettle, makePlace } from '../../e2e/fettle.ts';
import { type S3Emulator, startS3 } from '../../emulators/s3/start-s3.ts';
import { publishFake, runId } from '../../pipeline/distributed/_published.ts';

const place = makePlace();
let s3: S3Emulator;
let outbox: S3Objects;

beforeAll(async () => {
  s3 = await startS3();
  s3.createBucket('outbox', { versioning: 'Enabled' });
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
  vi.stubEnv('AWS_REGION', s3.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
  outbox = new S3Objects(s3Client(), 'outbox');
  await publishFake(outbox, 'team/digits', { day: 1 });
  await publishFake(outbox, 'team/digits', { day: 2, bytes: 150, verdict: 'regressed' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  place.remove();
  await s3.close();
});

const remote = (...argv: string[]) => fettle(place, 'remote', ...argv);

test('the outbox must be named: by --outbox, with or without s3://, or FETTLE_OUTBOX', async () => {
  expect(await remote('list')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('FETTLE_OUTBOX'),
  });
  expect((await remote('list', '--outbox', 's3://outbox/')).stdout).toContain('team/digits');
  vi.stubEnv('FETTLE_OUTBOX', 'outbox');
  expect((await remote('list')).code).toBe(0);
});

test('list: models, or the runs of one; another name gets the nearest', async () => {
  const { stdout } = await remote('list', 'team/digits');
  expect(stdout).toMatch(/regressed +← candidate\n.* ok +← latest\n$/);
  const { models } = JSON.parse((await remote('list', '--json')).stdout);
  expect(models).toMatchObject([
    { name: 'team/digits', runs: 2, candidate: { run: expect.any(String) } },
  ]);
  expect(await remote('list', 'digits')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "team/digits"?'),
  });
});

test('promote and roll back say what changes', async () => {
  const promoted = await remote('promote', 'team/digits');
  expect(promoted.stdout).toContain('150 B');
  expect(promoted.stdout).toMatch(
    new RegExp(`latest of team/digits is ${runId(2)} now, it was ${runId(1)}\n$`),
  );
  expect(await remote('promote', 'team/digits')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has no candidate'),
  });
  const back = JSON.parse((await remote('rollback', 'team/digits', '--json')).stdout);
  expect(back).toMatchObject({
    name: 'team/digits',
    run: `models/team/digits/runs/${runId(1)}`,
    difference: { schema: 'fettle.report/1' },
  });
  const to = await remote('rollback', 'team/digits', '--to', runId(2));
  expect(to).toMatchObject({ code: 0, stdout: expect.stringContaining(`is ${runId(2)} now`) });
});

test('forget removes nothing before it is told to', async () => {
  const asked = await remote('forget', 'team/digits');
  expect(asked.stdout).toMatch(/^would remove 2 runs of team\/digits with 5 objects/);
  expect((await remote('list', 'team/digits')).code).toBe(0);
  expect((await remote('forget', 'team/digits', '--yes')).stdout).toMatch(/^removed 2 runs/);
  expect((await remote('list', '--json')).stdout).toBe('{\n  "models": []\n}\n');
});
