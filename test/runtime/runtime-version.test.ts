import { createRequire } from 'node:module';
import { afterAll, expect, it } from 'vitest';
import { installedRuntimeVersion, runtimeVersion } from '../../shared/runtime/runtime-version.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

it('is the version of the installed package', async () => {
  const installed: { version: string } = createRequire(import.meta.url)(
    'onnxruntime-node/package.json',
  );
  expect(await runtimeVersion()).toBe(installed.version);
});

it('is known without starting it', async () => {
  expect(installedRuntimeVersion()).toBe(await runtimeVersion());
});
