import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import {
  findPackage,
  packageAvailability,
} from '../../../shared/engines/references/find-package.ts';

const project = makeTempDir('project');
const folder = join(project, 'node_modules', 'a-runtime', 'dist');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, '..', 'package.json'),
  JSON.stringify({ name: 'a-runtime', version: '1.2.3', main: 'dist/main.js' }),
);
writeFileSync(join(folder, 'main.js'), '');
// Packages mark the kind of their modules in folders of their own.
writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs' }));
afterAll(() => removeTempDir(project));

test("a package of the user's project is found, with its version", () => {
  expect(findPackage('a-runtime', project)).toMatchObject({
    version: '1.2.3',
    folder: expect.stringMatching(/node_modules.a-runtime$/),
    url: expect.stringMatching(/^file:.*\/dist\/main\.js$/),
  });
});

test('one that is installed beside Fettle is found from anywhere', () => {
  expect(findPackage('@tensorflow/tfjs', project)?.version).toBe('4.22.0');
  expect(packageAvailability('@tensorflow/tfjs', '^4')).toEqual({ available: true });
});

test('one that is not there comes with the line that installs it', () => {
  expect(findPackage('no-such-runtime', project)).toBeUndefined();
  expect(packageAvailability('no-such-runtime', '^4.22.0')).toEqual({
    available: false,
    reason: 'no-such-runtime is not installed: npm install --save-dev "no-such-runtime@^4.22.0"',
  });
});
