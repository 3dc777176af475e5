import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  type Pointer,
  point,
  promote,
  readPointer,
  rollback,
} from '../../../shared/pipeline/distributed/pointers.ts';
import { FolderObjects } from './_folder-objects.ts';

const run = (day: number, name = `run-${day}`): Pointer => ({
  run: name,
  sourceVersion: `2026-01-0${day}T00:00:00.000Z`,
  publishedAt: '2026-02-01T00:00:00.000Z',
  verdict: 'ok',
  files: {},
  request: 'jobs/x.json',
  jobKey: 'x',
  toolchain: { tool: '0', runtime: 'r', steps: 's' },
});

const yes = async () => true;
const no = async () => false;

function outbox() {
  const objects = new FolderObjects(makeTempDir('test'));
  const at = async (name: 'latest' | 'candidate') =>
    (await readPointer(objects, 'm', name))?.pointer.run;
  return { objects, at };
}

describe('a new run', () => {
  it('is the latest where there is none, and where it is later and keeps the budgets', async () => {
    const { objects, at } = outbox();
    expect(await point(objects, 'm', run(1), no)).toBe('latest');
    expect(await point(objects, 'm', run(2), yes)).toBe('latest');
    expect(await at('latest')).toBe('run-2');
    expect(await at('candidate')).toBeUndefined();
  });

  it('waits where it breaks a budget', async () => {
    const { objects, at } = outbox();
    await point(objects, 'm', run(1), yes);
    expect(await point(objects, 'm', run(2), no)).toBe('candidate');
    expect([await at('latest'), await at('candidate')]).toEqual(['run-1', 'run-2']);
  });

  it('that comes late stays behind a later upload', async () => {
    const { objects, at } = outbox();
    await point(objects, 'm', run(3), yes);
    expect(await point(objects, 'm', run(2), yes)).toBe('superseded');
    await point(objects, 'm', run(5), no);
    expect(await point(objects, 'm', run(4), no)).toBe('superseded');
    expect([await at('latest'), await at('candidate')]).toEqual(['run-3', 'run-5']);
  });

  it('pointed to twice is there once', async () => {
    const { objects } = outbox();
    expect(await point(objects, 'm', run(1), yes)).toBe('latest');
    expect(await point(objects, 'm', run(1), yes)).toBe('latest');
  });

  it('of many that race, the latest upload wins', async () => {
    const { objects, at } = outbox();
    const days = [4, 1, 7, 3, 8, 2, 6, 5];
    await Promise.all(days.map((day) => point(objects, 'm', run(day), yes)));
    expect(await at('latest')).toBe('run-8');
  });
});

describe('a person', () => {
  it('takes the candidate', async () => {
    const { objects, at } = outbox();
    await point(objects, 'm', run(1), yes);
    await point(objects, 'm', run(2), no);
    expect((await promote(objects, 'm')).run).toBe('run-2');
    expect([await at('latest'), await at('candidate')]).toEqual(['run-2', undefined]);
    await expect(promote(objects, 'm')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('goes back, and the next upload still comes after', async () => {
    const { objects, at } = outbox();
    await point(objects, 'm', run(1), yes);
    await point(objects, 'm', run(2), yes);
    await rollback(objects, 'm', run(1));
    expect(await at('latest')).toBe('run-1');
    expect(await point(objects, 'm', run(2), yes)).not.toBe('superseded');
    expect(await point(objects, 'm', run(3), yes)).toBe('latest');
  });
});
