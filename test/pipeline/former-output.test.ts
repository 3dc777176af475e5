import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestFile } from '../../shared/base/digest.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { readFormerOutput, setAsideStale } from '../../shared/pipeline/former-output.ts';

/** A folder with files of models `a`, `b` and `c`, and the manifest of them. */
async function formerFolder(): Promise<string> {
  const folder = join(makeTempDir('former'), 'out');
  mkdirSync(folder);
  const files = [];
  for (const model of ['a', 'b', 'c']) {
    const path = `${model}.int8.onnx`;
    writeFileSync(join(folder, path), `bytes of ${model}`);
    const sha256 = await digestFile(join(folder, path));
    files.push({ path, sha256, bytes: 10, model });
  }
  writeManifest(folder, files);
  return folder;
}

function writeManifest(folder: string, files: readonly unknown[]): void {
  const models = [{ name: 'a', seed: 3 }, { name: 'b', configuration: '../x.yml' }, { name: 'c' }];
  const manifest = {
    schema: 'fettle.manifest/1',
    tool: { name: 'fettle' },
    createdAt: '2026-01-01T00:00:00Z',
    models,
    files,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

const set = (...names: string[]): ReadonlySet<string> => new Set(names);
const paths = (files: readonly { path: string }[]): string[] => files.map(({ path }) => path);

test('what a run made anew is stale, what it had nothing to do with is kept with its date', async () => {
  const former = await readFormerOutput(await formerFolder(), { made: set('a'), failed: set() });
  expect(paths(former.stale)).toEqual(['a.int8.onnx']);
  expect(paths(former.files)).toEqual(['b.int8.onnx', 'c.int8.onnx']);
  expect(former.models).toMatchObject([
    { name: 'b', createdAt: '2026-01-01T00:00:00Z', tool: { name: 'fettle' } },
    { name: 'c' },
  ]);
});

test('a whole configuration knows which of its own models are gone, and of no others', async () => {
  const folder = await formerFolder();
  const of = async (configuration: string, failed = set()) =>
    paths((await readFormerOutput(folder, { made: set('a'), failed, configuration })).stale);
  expect(await of('../x.yml')).toEqual(['a.int8.onnx', 'b.int8.onnx']);
  expect(await of('../y.yml')).toEqual(['a.int8.onnx']);
  expect(await of('../x.yml', set('b'))).toEqual(['a.int8.onnx']);
});

test('only unchanged plain files inside the folder go, none of the new ones', async () => {
  const folder = await formerFolder();
  const aside = join(folder, 'aside');
  const outside = join(folder, '../elsewhere');
  mkdirSync(outside);
  const named = async (path: string) => ({
    path,
    sha256: await digestFile(join(folder, path)),
    bytes: 10,
  });
  for (const place of ['../elsewhere/one', '../elsewhere/two', 'changed', 'linked'])
    writeFileSync(join(folder, place), '0123456789');
  symlinkSync(outside, join(folder, 'link'));
  const stale = [
    await named('a.int8.onnx'),
    await named('b.int8.onnx'),
    await named('../elsewhere/one'),
    await named('link/two'),
    await named('changed'),
    await named('linked'),
    { path: 'gone', sha256: 'aa', bytes: 10 },
  ];
  writeFileSync(join(folder, 'changed'), '9876543210');
  renameSync(join(folder, 'linked'), join(folder, 'target'));
  symlinkSync(join(folder, 'target'), join(folder, 'linked'));
  await setAsideStale(folder, stale, [await named('b.int8.onnx')], aside);
  expect(existsSync(join(folder, 'a.int8.onnx'))).toBe(false);
  expect(existsSync(join(aside, 'a.int8.onnx'))).toBe(true);
  for (const path of ['b.int8.onnx', '../elsewhere/one', 'link/two', 'changed', 'linked'])
    expect(existsSync(join(folder, path)), path).toBe(true);
});

test('a manifest that cannot be read says nothing', async () => {
  const folder = await formerFolder();
  for (const text of ['{', '{"schema":"other/1"}', 'null']) {
    writeFileSync(join(folder, 'manifest.json'), text);
    expect(await readFormerOutput(folder, { made: set('a'), failed: set() })).toEqual({
      models: [],
      files: [],
      stale: [],
    });
  }
});
