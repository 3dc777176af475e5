/** Each in a Git repository of its own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jobsChangedSince } from '../../shared/cli/changed-since.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { jobsOf } from '../../shared/pipeline/config/jobs.ts';
import { readConfig } from '../../shared/pipeline/config/read-config.ts';
import { DIGITS } from '../e2e/fettle.ts';

let root: string;
const at = (path: string): string => join(root, path);
const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const git = (...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    stdio: 'pipe',
  });
};
const commit = (): void => {
  git('add', '-A');
  git('commit', '-q', '-m', 'state');
};

const CONFIG = `version: 1
models:
  plain: { source: plain.onnx, data: ../data/test.npz }
  large: { source: large.onnx }
`;

/** `plain.onnx` in one file, `large.onnx` with its weights in `large.weights`; both in a folder of the repository. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'fettle-since-')));
  put('ml/fettle.yml', CONFIG);
  put('data/test.npz', 'data');
  cpSync(DIGITS, at('ml/plain.onnx'));
  using opened = openModel(DIGITS);
  writeModel(opened.model, at('ml/large.onnx'), { external: 'always' });
  git('init', '-q');
  commit();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function changed(ref = 'HEAD', config = at('ml/fettle.yml')): Promise<string[]> {
  const jobs = jobsOf(await readConfig(config));
  return (await jobsChangedSince(ref, jobs, config)).map(({ name }) => name);
}

test('nothing, a model, the configuration, data above its folder', async () => {
  expect(await changed()).toEqual([]);
  put('ml/plain.onnx', 'other');
  expect(await changed()).toEqual(['plain']);
  git('checkout', '-q', '.');
  put('data/test.npz', 'other');
  expect(await changed()).toEqual(['plain']);
  git('checkout', '-q', '.');
  put('ml/fettle.yml', `${CONFIG}\n# more\n`);
  expect(await changed()).toEqual(['plain', 'large']);
});

test('a model by the file of its weights, in the working tree and in commits', async () => {
  const weights = readFileSync(at('ml/large.onnx.data'));
  weights[0] = (weights[0] ?? 0) ^ 1;
  put('ml/large.onnx.data', weights);
  expect(await changed()).toEqual(['large']);
  commit();
  expect(await changed()).toEqual([]);
  expect(await changed('HEAD~1')).toEqual(['large']);
});

test('a file of weights that was deleted', async () => {
  rmSync(at('ml/large.onnx.data'));
  expect(await changed()).toEqual(['large']);
});

test('files that Git does not know yet, wherever they lie', async () => {
  git('rm', '-q', '--cached', 'data/test.npz');
  git('commit', '-q', '-m', 'forgotten');
  expect(await changed()).toEqual(['plain']);
  put('.gitignore', 'data\n');
  expect(await changed()).toEqual([]);
});

test('settings of Git that shorten paths, and a folder behind a link, change nothing', async () => {
  git('config', 'diff.relative', 'true');
  put('data/test.npz', 'other');
  const link = `${root}-link`;
  symlinkSync(root, link);
  try {
    expect(await changed('HEAD', join(link, 'ml/fettle.yml'))).toEqual(['plain']);
  } finally {
    rmSync(link);
  }
});

test('a Git LFS pointer: by itself, and by the weights that its object names', async () => {
  const bytes = readFileSync(at('ml/large.onnx'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  put(
    'ml/large.onnx',
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`,
  );
  commit();
  expect(await changed()).toEqual([]);
  put('ml/large.onnx.data', 'other');
  // Its object is not here: the usual name is known all the same.
  expect(await changed()).toEqual(['large']);
  put(`.git/lfs/objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`, bytes);
  expect(await changed()).toEqual(['large']);
});

test('what is no revision', async () => {
  for (const ref of ['nowhere', '--output=x'])
    await expect(changed(ref)).rejects.toMatchObject({ exitCode: 2, where: '--since' });
});
