import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeSpecimen } from '../../shared/formats/specimen.ts';

const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('takes both ends of a large file', () => {
  const path = join(dir, 'big');
  writeFileSync(path, `begin${'x'.repeat(200_000)}end`);
  const specimen = takeSpecimen(path);
  if (specimen.kind !== 'file') throw new Error('a file was expected');
  expect(specimen.size).toBe(200_008);
  expect(specimen.head.length).toBe(64 * 1024);
  expect(specimen.text.startsWith('begin')).toBe(true);
  expect(specimen.tail.endsWith('xend')).toBe(true);
});

test('lists a folder', () => {
  mkdirSync(join(dir, 'model', 'b'), { recursive: true });
  writeFileSync(join(dir, 'model', 'a'), '');
  expect(takeSpecimen(join(dir, 'model'))).toMatchObject({
    kind: 'folder',
    name: 'model',
    entries: ['a', 'b'],
  });
});
