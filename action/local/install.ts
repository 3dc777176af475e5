/**
 * The tool that measures, from the Action's own checkout into the runner's tool cache: its sources, and the packages
 * that its lock pins. npm checks each against the lock; of onnxruntime the binaries of this machine stay.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { childEnvironment } from '../../shared/base/child-environment.ts';
import { ToolError } from '../../shared/base/errors.ts';

export interface InstallOptions {
  /** The checkout of the Action at the used ref. */
  readonly actionPath: string;
  readonly toolCache: string;
  readonly log: (line: string) => void;
  /** Runs `npm` with these arguments in a folder. */
  readonly npm?: (args: readonly string[], folder: string) => Promise<void>;
}

/** Of the checkout: what the process that measures is made of. */
const SOURCES = ['package.json', 'shared', 'action/local'];

/** Five minutes for what takes ten seconds: then the registry does not answer. */
const INSTALL_TIMEOUT_MS = 300_000;

const manifestSchema = z.looseObject({ dependencies: z.record(z.string(), z.string()) });
const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })),
});

/** Gives the folder to start from. A second call, or one of a checkout that has its packages, installs nothing. */
export async function installTool({
  actionPath,
  toolCache,
  log,
  npm = runNpm,
}: InstallOptions): Promise<string> {
  if (isInstalled(actionPath)) return actionPath;
  const home = join(toolCache, 'fettle');
  const folder = join(home, `tool-${keyOf(actionPath)}`);
  if (existsSync(folder)) return folder;
  const started = performance.now();
  await mkdir(home, { recursive: true });
  const partial = await mkdtemp(join(home, 'partial-'));
  try {
    for (const source of SOURCES)
      cpSync(join(actionPath, source), join(partial, source), { recursive: true });
    await writeManifests(actionPath, partial);
    // What the cache holds is checked against the lock as well: nothing is to be asked about it.
    const plain = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await npm(['ci', '--omit=dev', ...plain], partial);
    dropForeignBinaries(partial);
    await rename(partial, folder).catch((error: unknown) => {
      // Another job of this machine was first.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  log(`installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return folder;
}

/** A checkout in which somebody ran `npm ci`: every package that is needed lies there as the lock says. */
function isInstalled(actionPath: string): boolean {
  const { dependencies } = readManifest(actionPath);
  const { packages } = readLock(actionPath);
  return Object.keys(dependencies).every((name) => {
    const path = join(actionPath, 'node_modules', name, 'package.json');
    if (!existsSync(path)) return false;
    const { version } = JSON.parse(readFileSync(path, 'utf8'));
    return version === packages[`node_modules/${name}`]?.version;
  });
}

const readManifest = (folder: string): z.infer<typeof manifestSchema> =>
  manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

const readLock = (folder: string): z.infer<typeof lockSchema> =>
  lockSchema.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));

/** Equal for equal sources, lock and machine. */
function keyOf(actionPath: string): string {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const source of ['package-lock.json', ...SOURCES]) {
    for (const file of filesOf(actionPath, source)) {
      hash.update(`\0${file}\0`).update(readFileSync(join(actionPath, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesOf(root: string, path: string): string[] {
  if (path.includes('.')) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name))
    .sort();
}

/** Node itself is an optional package of a checkout; the runner has one. */
async function writeManifests(actionPath: string, folder: string): Promise<void> {
  const { optionalDependencies: own, ...manifest } = readManifest(actionPath);
  const { packages, ...lock } = readLock(actionPath);
  const { optionalDependencies: _, ...root } = packages[''] ?? {};
  const nodes = new Set(Object.keys(own ?? {}).map((name) => `node_modules/${name}`));
  const others = Object.entries(packages).filter(([path]) => path !== '' && !nodes.has(path));
  const left = { ...lock, packages: { '': root, ...Object.fromEntries(others) } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(left, null, 2));
}

function dropForeignBinaries(folder: string): void {
  const bin = join(folder, 'node_modules', 'onnxruntime-node', 'bin');
  for (const api of existsSync(bin) ? readdirSync(bin) : []) {
    for (const platform of readdirSync(join(bin, api))) {
      for (const arch of readdirSync(join(bin, api, platform))) {
        if (platform === process.platform && arch === process.arch) continue;
        rmSync(join(bin, api, platform, arch), { recursive: true });
      }
    }
  }
}

/** By which npm finds its registry, and nothing that a step was given. */
const NETWORK =
  /^(?:(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|npm_config_(?:registry|cache|cafile|prefer_offline))$/i;

const networkSettings = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && NETWORK.test(name) ? [[name, value]] : [],
    ),
  );

async function runNpm(args: readonly string[], folder: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  try {
    await promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', args, {
      cwd: folder,
      env: childEnvironment(networkSettings(process.env)),
      timeout: INSTALL_TIMEOUT_MS,
      // A batch file; no argument is anybody's but ours.
      shell: isWindows,
    });
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT')
      throw new ToolError('mode: local needs npm, and there is none on this runner', {
        hint: 'Run actions/setup-node before, or use mode: aws.',
      });
    const last = stderr.trim().split('\n').slice(0, 3).join(' ');
    throw new ToolError(
      `npm could not install what measures: ${last || 'it did not end in time'}`,
      {
        hint: 'The registry may be down: run the job again.',
        cause,
      },
    );
  }
}
