import { describe, expect, it } from 'vitest';
import {
  apiAnswerSchema,
  apiRequestSchema,
} from '../../../shared/pipeline/distributed/api-messages.ts';
import { makeReport } from '../../report/make-report.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const head = { digest, bytes: 10, format: 'onnx' };
const large = {
  digest: `tree256:${'ab'.repeat(32)}`,
  bytes: 1_000_000_001,
  chunks: Array(15).fill(digest),
  format: 'onnx',
};
const compare = { action: 'compare', base: null, head, config: {} };
const takes = (message: unknown): boolean => apiRequestSchema.safeParse(message).success;

describe('requests', () => {
  it.each([
    ['the form of the contract', compare],
    ['two files', { ...compare, base: head }],
    [
      'a folder, data and what fettle.yml says',
      {
        ...compare,
        head: {
          path: 'models/saved',
          files: [{ path: 'models/saved/saved_model.pb', digest, bytes: 1 }],
        },
        config: { data: 'test.npz', ship: 'int8', budget: { size: '5 MB' } },
        data: [{ path: 'test.npz', digest, bytes: 1 }],
      },
    ],
    ['a file above 1 GB, by its chunks', { ...compare, head: large }],
    ['a ticket', { action: 'status', ticket: `${'0'.repeat(40)}-1` }],
    ['a name', { action: 'report', name: 'team/digits' }],
  ])('%s', (_, message) => {
    expect(takes(message)).toBe(true);
  });

  it.each([
    ['no digest', { ...compare, head: { ...head, digest: 'sha256:1' } }],
    ['a digest of parts for a small file', { ...compare, head: { ...head, digest: large.digest } }],
    ['a plain digest of a large one', { ...compare, head: { ...large, digest } }],
    ['a large file without its chunks', { ...compare, head: { ...large, chunks: undefined } }],
    ['one of its chunks missing', { ...compare, head: { ...large, chunks: [digest] } }],
    ['chunks of a small file', { ...compare, head: { ...head, chunks: [digest] } }],
    [
      'more chunks than an object has parts',
      { ...compare, head: { ...large, bytes: 1e12, chunks: Array(14_902).fill(digest) } },
    ],
    ['a key that nobody knows', { ...compare, token: 'secret' }],
    ['a setting that nobody knows', { ...compare, config: { variant: 'int8' } }],
    ['no files', { ...compare, head: { path: 'm', files: [] } }],
    ['a ticket of another kind', { action: 'status', ticket: '../jobs/1' }],
    ['a name that leads out', { action: 'report', name: '../x' }],
  ])('not with %s', (_, message) => {
    expect(takes(message)).toBe(false);
  });

  it.each(['/etc/passwd', '../x', 'a/../b', 'a//b', './a', 'a\\b', '', 'a/', 'x\0'])(
    'not with the path %j',
    (path) => {
      expect(takes({ ...compare, head: { ...head, path } })).toBe(false);
    },
  );

  it.each(['m.onnx', 'a/b.keras', '.hidden/..model', 'a b/ü'])('with the path %j', (path) => {
    expect(takes({ ...compare, head: { ...head, path } })).toBe(true);
  });
});

it('answers are of one of four states', () => {
  for (const answer of [
    { state: 'needs', uploads: [{ digest, url: 'https://x', headers: {} }] },
    { state: 'running', ticket: `${'0'.repeat(40)}-1`, progress: 0.4 },
    { state: 'done', report: makeReport() },
    { state: 'failed', error: { code: 2, message: 'm', hint: 'h' } },
  ])
    expect(apiAnswerSchema.parse(answer)).toEqual(answer);
  expect(apiAnswerSchema.safeParse({ state: 'done' }).success).toBe(false);
});
