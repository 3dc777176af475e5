import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace, type Place } from '../../e2e/fettle.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
  cpSync(DIGITS, place.path('digits.onnx'));
});
afterEach(() => place.remove());

test('writes both files in a repository, and says what is next', async () => {
  mkdirSync(place.path('.git'));
  const { code, stdout } = await fettle(place, 'init');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /found {2}digits\.onnx[\s\S]*wrote {2}fettle\.yml[\s\S]*wrote {2}\.github\/workflows\/fettle\.yml[\s\S]*Next: fettle run/,
  );
  expect(place.files()).toEqual(
    expect.arrayContaining(['fettle.yml', '.github/workflows/fettle.yml']),
  );
});

test('the output folder is ignored once, and a line that was there stays', async () => {
  mkdirSync(place.path('.git'));
  writeFileSync(place.path('.gitignore'), 'node_modules');
  expect((await fettle(place, 'init')).stdout).toContain('added  fettle-out/ to .gitignore');
  cpSync(DIGITS, place.path('new.onnx'));
  const { stdout } = await fettle(place, 'init');
  expect(stdout).not.toContain('.gitignore');
  expect(readFileSync(place.path('.gitignore'), 'utf8')).toBe('node_modules\nfettle-out/\n');
  expect(stdout).toContain('known  digits.onnx (in fettle.yml)');
  expect(stdout).toContain('found  new.onnx (not in fettle.yml, which was there: add it)');
});

test('overwrites nothing', async () => {
  writeFileSync(place.path('fettle.yml'), 'mine');
  const { code, stdout } = await fettle(place, 'init');
  expect(code).toBe(0);
  expect(stdout).toContain('kept   fettle.yml');
  expect(readFileSync(place.path('fettle.yml'), 'utf8')).toBe('mine');
  expect(place.files()).not.toContain('.github');
  expect(place.files()).not.toContain('.gitignore');
});
