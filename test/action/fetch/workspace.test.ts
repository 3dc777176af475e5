import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findInWorkspace } from '../../../action/fetch/workspace.ts';
import { blobId } from '../../../action/github/repository.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { pointerTo } from '../_commits.ts';

const root = makeTempDir('workspace');
mkdirSync(join(root, 'm'));
writeFileSync(join(root, 'm/a.onnx'), 'bytes');
writeFileSync(join(root, 'm/pointer.onnx'), pointerTo('large'));
symlinkSync('/etc/hostname', join(root, 'm/link'));
mkdirSync(join(root, 'm/folder'));

const file = (path: string, content: string) => ({
  path,
  blob: blobId(Buffer.from(content)),
  bytes: content.length,
});
const lfsOf = (content: string) => ({
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
});

test.each([
  ['the same content', file('m/a.onnx', 'bytes'), true],
  ['other content of this length', file('m/a.onnx', 'other'), false],
  ['other content', file('m/a.onnx', 'more bytes'), false],
  ['a file that is not checked out', file('m/b.onnx', 'bytes'), false],
  ['a link to outside', file('m/link', 'bytes'), false],
  ['a folder', file('m/folder', 'bytes'), false],
  ['a path that leads out', file('../a.onnx', 'bytes'), false],
  [
    'SHA-256 as the name',
    { ...file('m/a.onnx', 'bytes'), blob: blobId(Buffer.from('bytes'), 64) },
    true,
  ],
  ['a pointer itself', file('m/pointer.onnx', pointerTo('large')), true],
  [
    'a pointer in the place of its file',
    { ...file('m/pointer.onnx', pointerTo('large')), lfs: lfsOf('large') },
    false,
  ],
  ['the file of a pointer', { ...file('m/a.onnx', pointerTo('bytes')), lfs: lfsOf('bytes') }, true],
])('%s', async (_, wanted, isFound) => {
  expect(await findInWorkspace(root, wanted)).toBe(isFound ? join(root, wanted.path) : undefined);
});

test('without a checkout there is nothing', async () => {
  expect(await findInWorkspace(undefined, file('m/a.onnx', 'bytes'))).toBeUndefined();
});
