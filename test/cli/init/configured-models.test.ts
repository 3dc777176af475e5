import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { configuredModels } from '../../../shared/cli/init/configured-models.ts';

test('the models of a configuration, where there is one that can be read', async () => {
  const folder = makeTempDir('configured');
  expect(await configuredModels(folder)).toEqual({ name: 'fettle.yml' });
  const path = join(folder, 'fettle.yaml');
  writeFileSync(path, 'version: 1\nmodels: { a: { source: m/a.onnx } }\n');
  expect(await configuredModels(folder)).toEqual({
    name: 'fettle.yaml',
    sources: new Set([join(folder, 'm/a.onnx')]),
  });
  writeFileSync(path, 'mine');
  expect(await configuredModels(folder)).toEqual({ name: 'fettle.yaml' });
});
