import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES, findArchitecture } from '../../scripts/functions/architecture.ts';
import { buildFolder } from '../../scripts/functions/build-folder.ts';
import { folderBytes } from '../../scripts/functions/folder-bytes.ts';
import { functionPackages } from '../../scripts/functions/packages.ts';
import { ROOT } from '../architecture/sources.ts';
import { copiedPaths, parseDockerfile } from './_dockerfile.ts';

/** `e_machine` of the ELF header. */
const ELF_MACHINES = { x86_64: 62, arm64: 183 };

/** What the bar allows, unpacked. */
const MAX_BYTES = 90e6;

const own = findArchitecture(process.arch);
const temporary = mkdtempSync(join(tmpdir(), 'fettle-build-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** The other architecture's image decoder comes from npm, once: without a network only this machine's is built. */
const buildable = ARCHITECTURES.filter((architecture) =>
  functionPackages(architecture).every(
    ({ name }) =>
      existsSync(join(ROOT, 'node_modules', name)) ||
      globSync(join(ROOT, '.cache/packages', `${name.replace('/', '+')}-*`)).length > 0,
  ),
);

it('builds for this machine', () => {
  expect(buildable).toContain(own);
});

describe.each(buildable)('the folder for $name', (architecture) => {
  // Outside of the checkout, whose node_modules would be found else.
  const folder = join(temporary, architecture.name);
  let files: readonly string[] = [];

  beforeAll(async () => {
    await buildFolder(architecture, folder);
    files = globSync('**/*', { cwd: folder }).filter((path) =>
      statSync(join(folder, path)).isFile(),
    );
  });

  it('is at most 90 MB', () => {
    expect(folderBytes(folder)).toBeLessThan(MAX_BYTES);
    // Less would mean that something is missing: onnxruntime alone is 25 MB.
    expect(folderBytes(folder)).toBeGreaterThan(40e6);
  });

  it('holds no source maps, types or tests', () => {
    expect(files.filter((path) => /\.(map|m?ts|cts|test\.\w+)$/.test(path))).toEqual([]);
  });

  it('has binaries of its architecture alone', () => {
    const machine = (path: string): number => {
      const header = Buffer.alloc(20);
      readSync(openSync(join(folder, path), 'r'), header);
      return header.toString('latin1', 1, 4) === 'ELF' ? header.readUInt16LE(18) : -1;
    };
    const binaries = files.filter((path) => /\.(node|so|so\.[\d.]+|dll|dylib|exe)$/.test(path));
    expect(binaries.length).toBeGreaterThanOrEqual(4);
    expect(new Set(binaries.map(machine))).toEqual(new Set([ELF_MACHINES[architecture.name]]));
    expect(files.filter((path) => /providers_(cuda|tensorrt|dml)/.test(path))).toEqual([]);
  });

  it('has the packages of the list, as the lock pins them, and no others', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const found = globSync('node_modules/{*,@*/*}/package.json', { cwd: folder }).map((path) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
      return [name, version];
    });
    const wanted = functionPackages(architecture).map(({ name }) => [
      name,
      lock.packages[`node_modules/${name}`].version,
    ]);
    expect(found.toSorted()).toEqual(wanted.toSorted());
    expect(globSync('node_modules/**/node_modules', { cwd: folder })).toEqual([]);
  });

  it.each(['Dockerfile', 'Dockerfile.gpu'])('has all that %s copies', (name) => {
    const copied = copiedPaths(parseDockerfile(readFileSync(join(folder, name), 'utf8')));
    expect(copied).toEqual(expect.arrayContaining(['shared', 'node_modules', 'index.js']));
    expect(copied.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    const ignored = readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n');
    const top = (path: string): string => `!${path.split('/')[0]}`;
    expect(copied.filter((path) => !ignored.includes(top(path)))).toEqual([]);
  });

  it('exports every handler', async () => {
    const handlers = await import(join(folder, 'index.js'));
    expect(Object.keys(handlers).toSorted()).toEqual([
      'advance',
      'api',
      'gather',
      'ingest',
      'measure',
      'publish',
      'rerun',
      'work',
    ]);
  });

  it.runIf(architecture === own)('begins as a job where Lambda did not start it', () => {
    const { status, stderr } = spawnSync(process.execPath, ['start.js'], {
      cwd: folder,
      encoding: 'utf8',
      env: {},
    });
    expect(status).toBe(1);
    expect(stderr).toContain('FETTLE_ORDER names no order');
  });

  it.runIf(architecture === own)('loads every package that is not bundled', () => {
    const script = `
      const { default: sharp } = await import('sharp');
      const pixel = { create: { width: 2, height: 2, channels: 3, background: '#f00' } };
      const { data } = await sharp(await sharp(pixel).png().toBuffer()).raw().toBuffer({ resolveWithObject: true });
      const ort = await import('onnxruntime-node');
      const { createRequire } = await import('node:module');
      const tf = createRequire(import.meta.url)('@tensorflow/tfjs');
      await tf.setBackend('cpu');
      const litert = await import('@litertjs/core');
      console.log(JSON.stringify([
        data.length,
        ort.listSupportedBackends().map(({ name }) => name),
        Array.from(await tf.add([1, 2], [3, 4]).data()),
        typeof litert.loadLiteRt,
      ]));
    `;
    writeFileSync(join(folder, 'try.mjs'), script);
    const told = execFileSync(process.execPath, ['try.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(join(folder, 'try.mjs'));
    const [bytes, backends, sum, load] = JSON.parse(told.trim().split('\n').at(-1) ?? '');
    expect(bytes).toBe(12);
    expect(backends).toContain('cpu');
    expect(sum).toEqual([4, 6]);
    expect(load).toBe('function');
  });
});
