import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lfsPortOf } from '../../../action/fetch/lfs-port.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { type Models, startModels } from '../../emulators/github/_models.ts';
import type { Repository } from '../../emulators/github/start-github.ts';
import { open } from '../github/_open.ts';

let models: Models;
let fork: Repository;
beforeEach(async () => {
  models = await startModels();
  fork = models.github.fork(models.repository, 'mallory');
});
afterEach(() => models[Symbol.asyncDispose]());

const object = (content: string) => ({
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
});
const port = () =>
  lfsPortOf(
    open(models.github, models.repository).client,
    { owner: 'mallory', repo: 'models' },
    silentLog,
  );
const asked = (): string[] =>
  models.github.calls
    .filter(({ operation }) => operation === 'lfs/batch')
    .map(({ path }) => path.split('/')[1] ?? '');

test('the base is asked of the own repository, the head of the fork', async () => {
  models.repository.lfs.add(Buffer.from('old'));
  fork.lfs.add(Buffer.from('new'));
  const own = port();
  expect([...(await own.locate('base', [object('old')])).keys()]).toEqual([object('old').sha256]);
  const found = await own.locate('head', [object('new')]);
  const from = found.get(object('new').sha256);
  if (!from) throw new Error('no address');
  const path = join(makeTempDir('lfs'), 'x');
  await own.download(object('new'), from, path);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(asked()).toEqual(['octo', 'mallory']);
});

test('where the fork refuses, its parent is asked', async () => {
  models.repository.lfs.add(Buffer.from('shared'));
  models.github.addFaults({ operation: 'lfs/batch', status: 403, times: 1 });
  expect((await port().locate('head', [object('shared')])).size).toBe(1);
  expect(asked()).toEqual(['mallory', 'octo']);
});
