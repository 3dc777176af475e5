import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestBytes, digestFile, digestJson, hexOf } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { filesBeside } from '../../../shared/pipeline/distributed/execution.ts';
import { openJob } from '../../../shared/pipeline/distributed/open-job.ts';
import type { InputObject, JobRequest } from '../../../shared/pipeline/distributed/request.ts';
import { largeModel } from '../_large-model.ts';
import { EXAMPLES } from '../inline-context.ts';
import { FolderObjects } from './_folder-objects.ts';
import { lengthOf, SparseObjects, sparseNpz, sparseOnnx } from './_sparse-objects.ts';

const digits = readFileSync(join(EXAMPLES, 'digits.onnx'));
const samples = readFileSync(join(EXAMPLES, 'test.npz'));

const request: JobRequest = {
  schema: 'fettle.request/1',
  name: 'team/digits',
  inbox: 'models',
  prefix: 'team/',
  model: [],
  modelPath: 'digits.onnx',
  data: [],
  sourceVersion: '2026-01-01T00:00:00Z',
  reason: 'upload',
  toolchain: { tool: '0', runtime: 'r', steps: 's' },
  attempt: 1,
};

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
  const asked: JobRequest = {
    ...request,
    model: of('.onnx'),
    ...(configuration && { configuration, configurationModel: 'digits' }),
    data: of('.npz'),
    ...overrides,
  };
  return openJob(asked, new FolderObjects(inbox), {
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
  it('of which it is known where the weights lie that are beside the model', async () => {
    const folder = makeTempDir('test');
    writeModel(largeModel(1), join(folder, 'x.onnx'), { external: 'always' });
    const read = (name: string) => readFileSync(join(folder, name));
    const files = { 'm/x.onnx': read('x.onnx'), 'm/x.onnx.data': read('x.onnx.data') };
    const model = Object.keys(files).map((path) => ({
      ...{ key: `team/${path}`, etag: path, bytes: files[path as keyof typeof files].length },
    }));
    const execution = await open(files, { modelPath: 'm/x.onnx', model });
    const digest = digestBytes(files['m/x.onnx.data']);
    expect(execution.identified.given.artifact.external).toEqual([
      { location: 'x.onnx.data', digest },
    ]);
    expect([...filesBeside(execution)]).toEqual([
      [digest, { bucket: 'models', key: 'team/m/x.onnx.data', path: 'm/x.onnx.data' }],
    ]);
  });

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

describe('a teacher', () => {
  const train =
    '    variants: [distilled]\n    data: { all: test.npz }\n    train: { teacher: big/t.onnx }\n';
  const files = (teacher: Uint8Array) => ({
    'fettle.yml': yml(train),
    'digits.onnx': digits,
    'test.npz': samples,
    'big/t.onnx': teacher,
  });
  const object = (path: string, bytes: Uint8Array): InputObject => ({
    ...{ key: `team/${path}`, etag: hexOf(digestBytes(bytes)), bytes: bytes.length },
  });
  const of = (teacher: Uint8Array) => ({
    model: [object('digits.onnx', digits)],
    data: [object('test.npz', samples), object('big/t.onnx', teacher)],
  });

  it('lies beside the model, and is a source by its digest', async () => {
    const { identified, sources } = await open(files(digits), of(digits));
    const { teacher } = identified.networks ?? {};
    expect(teacher).toMatchObject({ format: 'onnx', shown: 'big/t.onnx' });
    expect(teacher && sources[teacher.artifact.digest]).toBeDefined();
  });

  it('in several files is refused', async () => {
    const folder = makeTempDir('test');
    writeModel(largeModel(), join(folder, 't.onnx'), { external: 'always' });
    const [header, weights] = ['t.onnx', 't.onnx.data'].map((name) =>
      readFileSync(join(folder, name)),
    );
    if (!header || !weights) throw new Error('it was not divided');
    const { model, data } = of(header);
    const beside = object('big/t.onnx.data', weights);
    const all = { ...files(header), 'big/t.onnx.data': weights };
    await expect(open(all, { model, data: [...data, beside] })).rejects.toMatchObject({
      exitCode: 2,
      where: 'big/t.onnx',
      message: expect.stringContaining('is one file'),
    });
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
    ['a student from elsewhere', yml('    train: { student: ../s.onnx }\n'), 'one prefix'],
    ['an unknown key', yml('    datta: x\n'), 'datta'],
  ])('%s', async (_what, text, said) => {
    const files = { 'fettle.yml': text, 'digits.onnx': digits, 'test.npz': samples };
    const error = await open(files).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(said) });
    // Where it lay for the while is nobody's business.
    expect(JSON.stringify(error)).not.toContain('/tmp');
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

describe('of files that are too large to be fetched', () => {
  /** No more than so much may be read of each, and nothing twice. */
  const MAX_READ = 400_000;
  const files = {
    'digits.onnx': sparseOnnx(3, 16_384),
    'test.npz': sparseNpz(50_000, 16_384),
    'other.npz': sparseNpz(100_000, 8192),
  };

  async function openLarge(overrides: Partial<JobRequest> = {}) {
    const objects = Object.entries(files).map(([path, pieces]): InputObject => {
      return { key: `team/${path}`, etag: 'same', bytes: lengthOf(pieces) };
    });
    const inbox = new SparseObjects(
      Object.fromEntries(Object.entries(files).map(([path, pieces]) => [`team/${path}`, pieces])),
      MAX_READ,
    );
    const [model, ...data] = objects;
    const folder = makeTempDir('test');
    const digested: string[] = [];
    const execution = await openJob(
      { ...request, model: model ? [model] : [], data, ...overrides },
      inbox,
      {
        requestKey: 'jobs/x.json',
        startedAt: '2026-01-01T00:00:00Z',
        folder,
        maxBytes: 2 ** 40,
        digestOf: async ({ key, bytes }) => {
          digested.push(key);
          return digestJson([key, bytes]);
        },
      },
    );
    const disk = await Promise.all(
      objects.map(async ({ key }) => (await stat(join(folder, key.slice(5)))).blocks * 512),
    );
    return { execution, inbox, digested, disk };
  }

  it('reads headers and the first sample, and asks S3 for digests', async () => {
    const { execution, inbox, digested, disk } = await openLarge();
    const { job, identified, sources } = execution;
    expect(identified.given).toMatchObject({
      format: 'onnx',
      artifact: { bytes: 3_221_225_688, digest: digestJson(['team/digits.onnx', 3_221_225_688]) },
    });
    // Of the two, the model takes the one whose rows are as wide as its own.
    expect(job.data).toMatchObject({ all: { path: expect.stringContaining('test.npz') } });
    expect(Object.values(sources).map(({ entry }) => entry)).toEqual(['digits.onnx', 'test.npz']);
    expect(digested.toSorted()).toEqual(['team/digits.onnx', 'team/test.npz']);
    expect(Object.values(inbox.read).every((bytes) => bytes <= MAX_READ)).toBe(true);
    expect(Object.values(inbox.read).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(700_000);
    expect(disk).toEqual([0, 0, 0]);
  });

  it('of which too many bytes together are refused before one is read', async () => {
    const huge = { key: 'team/digits.onnx', etag: '', bytes: 2 ** 41 };
    await expect(openLarge({ model: [huge] })).rejects.toMatchObject({ exitCode: 4 });
  });

  it('that are overwritten meanwhile are another job', async () => {
    const key = 'team/digits.onnx';
    const broken = openLarge({ model: [{ key, etag: 'another', bytes: 3_221_225_688 }] });
    await expect(broken).rejects.toThrow('was replaced while it was read');
  });
});
