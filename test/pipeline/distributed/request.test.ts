import { expect, test } from 'vitest';
import {
  executionName,
  inputObject,
  jobKeyOf,
  jobKeyOfRequest,
  type RequestDraft,
  requestKey,
  requestSchema,
} from '../../../shared/pipeline/distributed/request.ts';

const object = (key: string, etag = 'e') => ({ key, etag, bytes: 3 });
const draft: RequestDraft = {
  name: 'digits',
  inbox: 'inbox',
  prefix: 'team/',
  model: [object('team/digits.onnx'), object('team/digits.onnx.data')],
  modelPath: 'digits.onnx',
  data: [object('team/test.npz')],
  sourceVersion: '2026-11-28T20:00:00.000Z',
  reason: 'upload',
  toolchain: { tool: '1', runtime: 'r', steps: 's' },
};
const key = jobKeyOf(draft);

test.each<[string, Partial<RequestDraft>]>([
  ['when', { sourceVersion: '2027-01-01T00:00:00.000Z' }],
  ['why', { reason: 'scheduled' }],
  ['the version ids', { data: [{ ...object('team/test.npz'), versionId: 'v2' }] }],
  ['the order of the files', { model: draft.model.toReversed() }],
  [
    'the prefix',
    {
      prefix: 'else/',
      model: [object('else/digits.onnx'), object('else/digits.onnx.data')],
      data: [object('else/test.npz')],
    },
  ],
  ['a configuration that says the same', { configuration: object('team/fettle.yml') }],
])('the job key does not depend on %s', (_, change) => {
  expect(jobKeyOf({ ...draft, ...change })).toBe(key);
});

test.each<[string, Partial<RequestDraft>]>([
  ['the name', { name: 'other' }],
  ['bytes of the model', { model: [object('team/digits.onnx', 'f')] }],
  ['bytes of the data', { data: [object('team/test.npz', 'f')] }],
  ['no data', { data: [] }],
  ['settings', { settings: 'sha256:x' }],
  ['the toolchain', { toolchain: { ...draft.toolchain, runtime: 'r2' } }],
  ['a problem', { problem: { kind: 'InputError', message: 'no', stack: '' } }],
  ['where the model lies', { modelPath: 'sub/digits.onnx' }],
])('the job key depends on %s', (_, change) => {
  expect(jobKeyOf({ ...draft, ...change })).not.toBe(key);
});

test('keys and names', () => {
  expect(key).toMatch(/^[0-9a-f]{40}$/);
  expect(jobKeyOfRequest(requestKey(key))).toBe(key);
  expect(executionName(key, 2)).toBe(`${key}-2`);
  const info = { ...object('a'), lastModified: new Date() };
  expect(inputObject(info)).toEqual(object('a'));
  expect(inputObject({ ...info, versionId: 'v' })).toEqual({ ...object('a'), versionId: 'v' });
});

test.each<[string, object]>([
  ['a name that leads out', { name: '../x' }],
  ['another schema', { schema: 'fettle.request/2' }],
  ['no date', { sourceVersion: 'yesterday' }],
  ['no attempt', { attempt: 0 }],
])('a request with %s is none', (_, change) => {
  const request = { ...draft, schema: 'fettle.request/1', attempt: 1 };
  expect(requestSchema.parse(request)).toEqual(request);
  expect(requestSchema.safeParse({ ...request, ...change }).success).toBe(false);
});
