import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestBytes, digestFile, hexOf } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { openJob } from '../../../shared/pipeline/distributed/open-job.ts';
import type { InputObject, JobRequest } from '../../../shared/pipeline/distributed/request.ts';
import { EXAMPLES } from '../inline-context.ts';
import { FolderObjects } from './_folder-objects.ts';

const digits = readFileSync(join(EXAMPLES, 'digits.onnx'));
const samples = readFileSync(join(EXAMPLES, 'test.npz'));

/** A request for what lies in an inbox, and what is made of it. */
async function open(
  files: Readonly<Record<string, Uint8Array | string>>,
  overrides: Partial<JobRequest> = {},
  maxBytes = 1e9,
) {
  const inbox = makeTempDir('test');
  const objects: InputObject[] = Object.entries(files).map(([path, bytes]) => {
    const key = `team/${path}`;
    mkdirSync(dirname(join(inbox, key)), { recursive: true });
    writeFileSync(join(inbox, key), bytes);
    return { key, etag: hexOf(digestBytes(bytes)), bytes: bytes.length };
  });
  const of = (suffix: string) => objects.filter(({ key }) => key.endsWith(suffix));
  const [configuration] = of('.yml');
  const request: JobRequest = {
    schema: 'fettle.request/1',
    name: 'team/digits',
    inbox: 'models',
    prefix: 'team/',
    model: of('.onnx'),
    modelPath: 'digits.onnx',
    ...(configuration && { configuration, configurationModel: 'digits' }),
    data: of('.npz'),
    sourceVersion: '2026-01-01T00:00:00Z',
    reason: 'upload',
    toolchain: { tool: '0', runtime: 'r', steps: 's' },
    attempt: 1,
    ...overrides,
  };
  return openJob(request, new FolderObjects(inbox), {
    requestKey: 'jobs/x.json',
    startedAt: '2026-01-01T00:00:00Z',
    folder: makeTempDir('test'),
    maxBytes,
    digestOf: ({ key }) => digestFile(join(inbox, key)),
  });
}

const yml = (rest: string): string =>
  `version: 1\nmodels:\n  digits:\n    source: digits.onnx\n${rest}`;

describe('a request becomes a job', () => {
  it('of a model and the data beside it that it takes', async () => {
    const { job, identified, sources } = await open({ 'digits.onnx': digits, 'test.npz': samples });
    expect(job).toMatchObject({ name: 'team/digits', data: { all: {} } });
    expect(identified.given.format).toBe('onnx');
    const files = Object.values(sources).map(({ entry, files: [file] }) => [entry, file?.key]);
    expect(files).toEqual([
      ['digits.onnx', 'team/digits.onnx'],
      ['test.npz', 'team/test.npz'],
    ]);
  });

  it('without data that the model does not take, which is said', async () => {
    const { job } = await open({ 'digits.onnx': digits, 'test.npz': 'no archive' });
    expect(job.data).toEqual({});
    expect(job.notes.join()).toContain('test.npz was not used');
  });

  it('of a configuration, under the name of the request', async () => {
    const { job } = await open({
      'fettle.yml': yml('    variants: [int8]\n    data: { evaluation: test.npz }\n'),
      'digits.onnx': digits,
      'test.npz': samples,
    });
    expect(job).toMatchObject({ name: 'team/digits', variants: ['int8'] });
  });
});

describe('is refused', () => {
  it.each([
    ['a metric module', yml('    data: { all: test.npz, metric: ./score.js }\n'), 'not run in S3'],
    [
      'an address',
      yml(`    data: { all: { path: "https://example.com/x.npz", sha256: ${'a'.repeat(64)} } }\n`),
      'one prefix',
    ],
    ['a path that leads out', yml('    data: { all: ../../secret.npz }\n'), 'one prefix'],
    ['an absolute path', yml('    data: { all: /etc/passwd }\n'), 'one prefix'],
    ['an unknown key', yml('    datta: x\n'), 'datta'],
  ])('%s', async (_what, text, said) => {
    const files = { 'fettle.yml': text, 'digits.onnx': digits, 'test.npz': samples };
    await expect(open(files)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(said),
    });
  });

  it('what is more than there is room for, before it is fetched', async () => {
    await expect(open({ 'digits.onnx': digits }, {}, 1000)).rejects.toMatchObject({ exitCode: 4 });
  });

  it('what the request itself says is wrong', async () => {
    const problem = { kind: 'InputError', message: 'no such source', stack: '' } as const;
    await expect(open({}, { problem })).rejects.toThrow('no such source');
  });

  it('a broken model, by its name and not by our folder', async () => {
    const error = await open({ 'digits.onnx': 'PK not a model' }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).not.toContain('/tmp');
  });
});
