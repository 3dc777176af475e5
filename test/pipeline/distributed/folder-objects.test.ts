import { afterAll, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { objectStoreContract } from '../../contracts/object-store.ts';
import { FolderObjects } from './_folder-objects.ts';

const folders: string[] = [];
const make = async () => {
  const folder = makeTempDir('test');
  folders.push(folder);
  return new FolderObjects(folder);
};

afterAll(() => folders.forEach(removeTempDir));

objectStoreContract('folder', make);

it('has no keys outside of its folder', async () => {
  await expect((await make()).put('../x', '')).rejects.toMatchObject({ exitCode: 2 });
});
