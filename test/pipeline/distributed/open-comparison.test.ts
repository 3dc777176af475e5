import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { ComparisonRequest } from '../../../shared/pipeline/distributed/comparison.ts';
import { openComparison } from '../../../shared/pipeline/distributed/open-comparison.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';
import { EXAMPLES } from '../inline-context.ts';
import { FolderObjects } from './_folder-objects.ts';
import { localSite } from './_site.ts';

const store = new FolderStore(makeTempDir('test'));
const { blobKey } = localSite().addresses;
const fileOf = async (path: string, bytes: Uint8Array | string) => ({
  path,
  digest: await store.putBytes(bytes),
  bytes: bytes.length,
});
const example = (name: string): Uint8Array => readFileSync(join(EXAMPLES, name));

const model = async (name: string, label = name) => ({
  path: `models/${name}`,
  label,
  files: [await fileOf(`models/${name}`, example(name))],
});

async function open(overrides: Partial<ComparisonRequest> = {}, maxBytes = 1e6) {
  const request: ComparisonRequest = {
    schema: 'fettle.comparison/1',
    name: 'digits',
    base: await model('digits.keras', 'digits.keras (main)'),
    head: await model('digits.onnx'),
    config: {
      data: { evaluation: { path: 'data/test.npz' } },
      ship: 'int8',
      budget: { size: '5 MB' },
      variants: ['float16', 'int8', 'auto'],
      targets: ['ort'],
    },
    data: [await fileOf('data/test.npz', example('test.npz'))],
    toolchain: { tool: '0', runtime: 'r', steps: 's' },
    attempt: 1,
    ...overrides,
  };
  return openComparison(request, {
    requestKey: 'comparisons/0/request.json',
    startedAt: '2026-01-01T00:00:00.000Z',
    folder: makeTempDir('test'),
    maxBytes,
    objects: new FolderObjects(store.name),
    bucket: 'outbox',
    blobKey,
  });
}

describe('a comparison', () => {
  it('is what both models and the data are to the steps, and where each lies', async () => {
    const { job, sides, sources, kind } = await open();
    expect(kind).toBe('compare');
    expect(job).toMatchObject({
      name: 'digits',
      shownSource: 'digits.onnx',
      variants: ['float16', 'int8'],
      targets: ['onnx'],
      ship: 'int8',
    });
    expect(sides.head).toMatchObject({ given: { format: 'onnx' }, role: 'head' });
    expect(sides.base).toMatchObject({
      given: { format: 'keras' },
      job: { shownSource: 'digits.keras (main)' },
    });
    const entries = Object.values(sources).map(({ entry, files }) => [entry, files]);
    expect(entries).toEqual([
      [
        'head/models/digits.onnx',
        [
          expect.objectContaining({
            bucket: 'outbox',
            key: expect.stringMatching(/^blobs\/sha256\//),
          }),
        ],
      ],
      ['base/models/digits.keras', [expect.objectContaining({ path: 'base/models/digits.keras' })]],
      ['data/data/test.npz', [expect.objectContaining({ path: 'data/data/test.npz' })]],
    ]);
  });

  it('of a new model has no base', async () => {
    expect((await open({ base: null })).sides.base).toBeUndefined();
  });

  it.each([
    ['no model', { head: 'none' as const }, /^models\/x\.onnx is no model|models\/x\.onnx/],
    ['a metric module', { config: { data: { metric: './metric.js' } } }, /metric module/],
    [
      'data from elsewhere',
      { config: { data: { all: { path: '../../etc/passwd' } } } },
      /one prefix/,
    ],
    ['data that was not sent', { config: { data: { all: { path: 'other.npz' } } } }, /other\.npz/],
    ['an unknown metric', { config: { data: { metric: 'top2' } } }, /unknown metric/],
  ])('with %s is refused', async (_, change, said) => {
    const { head, ...rest }: { head?: 'none'; config?: ComparisonRequest['config'] } = change;
    const text = head && {
      path: 'models/x.onnx',
      label: 'models/x.onnx',
      files: [await fileOf('models/x.onnx', 'no model at all')],
    };
    const opened = open({ ...rest, ...(text && { head: text }) });
    await expect(opened).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(said),
    });
    // The folder is nobody's business.
    await expect(opened).rejects.not.toMatchObject({ message: expect.stringMatching(/\/head\//) });
  });

  it('of files that are not as large as was said is refused', async () => {
    const file = await fileOf('models/digits.onnx', example('digits.onnx'));
    const head = { path: file.path, label: 'digits', files: [{ ...file, bytes: 1000 }] };
    await expect(open({ head })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^models\/digits\.onnx has \d+ bytes, and 1000 were said/),
    });
  });

  it('that is too large is refused before anything is fetched', async () => {
    await expect(open({}, 1000)).rejects.toMatchObject({ exitCode: 4 });
  });
});
