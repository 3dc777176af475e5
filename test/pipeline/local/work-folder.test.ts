import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { openWorkFolder } from '../../../shared/pipeline/local/work-folder.ts';

const HOURS_AGO = new Date(Date.now() - 2 * 3_600_000);

test('folders of dead processes are removed, all others stay', async () => {
  const parent = makeTempDir('parent');
  const own = JSON.parse(readFileSync(join(await openWorkFolder(parent), '.owner.json'), 'utf8'));
  expect(own).toMatchObject({ pid: process.pid });
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const put = (name: string, owner: unknown, time = HOURS_AGO): string => {
    const folder = join(parent, name);
    mkdirSync(join(folder, 'inner'), { recursive: true });
    const file = join(folder, '.owner.json');
    writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify(owner));
    utimesSync(file, time, time);
    return folder;
  };
  const gone = put('fettle-work-dead', { ...own, pid: dead });
  const kept = [
    put('fettle-work-alive', own),
    put('fettle-work-young', { ...own, pid: dead }, new Date()),
    put('fettle-work-elsewhere', { ...own, pid: dead, host: 'other' }),
    put('fettle-work-container', { ...own, pid: dead, namespace: 'pid:[1]' }),
    put('fettle-work-broken', '{'),
    put('fettle-other-dead', { ...own, pid: dead }),
  ];
  const link = join(parent, 'fettle-work-link');
  symlinkSync(put('elsewhere', { ...own, pid: dead }), link);
  await openWorkFolder(parent);
  expect(existsSync(gone)).toBe(false);
  for (const folder of [...kept, link, join(parent, 'elsewhere/inner')])
    expect(existsSync(folder), folder).toBe(true);
});
