import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { moduleUrl } from '../../shared/base/module-url.ts';
import { sources } from '../architecture/sources.ts';

const asked = sources('shared/**/*.ts').flatMap(({ text }) =>
  [...text.matchAll(/moduleUrl\('([^']+)'\)/g)].map(([, path = '']) => path),
);

test('modules that are started are there, and the package has them as files of their own', () => {
  expect(asked.length).toBeGreaterThan(2);
  const build = readFileSync('scripts/build.ts', 'utf8');
  for (const path of asked) {
    expect(existsSync(moduleUrl(path)), path).toBe(true);
    expect(build, path).toContain(`'${path}'`);
  }
});
