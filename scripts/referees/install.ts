/** Installs one tool; a tool that is there stays as it is. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, run } from './run.ts';
import {
  DONE,
  folderOf,
  GO,
  type GoTool,
  OLDEST_GO,
  type PythonTool,
  programOf,
  type Tool,
} from './tools.ts';

/** Its program. @throws Error with what is missing for it */
export async function install(name: string, tool: Tool, options: RunOptions): Promise<string> {
  const found = programOf(name, tool);
  if (found !== undefined) return found;
  const folder = folderOf(name, tool);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (tool.kind === 'go') await build(tool, folder, options);
  else await installPackages(tool, folder, options);
  writeFileSync(join(folder, DONE), '');
  return join(folder, 'bin', tool.program);
}

/** What was compiled before the time was over is in Go's own cache: the next try goes on from there. */
async function build({ module, version }: GoTool, folder: string, options: RunOptions) {
  await run(await findGo(options), ['install', `${module}@v${version}`], {
    ...options,
    env: { GOBIN: join(folder, 'bin') },
  });
}

async function findGo(options: RunOptions): Promise<string> {
  const told = await run('go', ['env', 'GOVERSION'], options).catch(() => '');
  const [, major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(told)?.map(Number) ?? [];
  const [wantedMajor, wantedMinor] = OLDEST_GO;
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return isEnough ? 'go' : install('go', GO, options);
}

async function installPackages(tool: PythonTool, folder: string, options: RunOptions) {
  await run(await findPython(tool, options), ['-m', 'venv', folder], options);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(join(folder, 'bin', 'python'), [...pip, ...tool.packages], options);
}

/** One that can make virtual environments; Debian has that in a package of its own. */
async function findPython({ python }: PythonTool, options: RunOptions): Promise<string> {
  const wanted = python === undefined ? ['python3'] : [`python${python}`, 'python3'];
  const check =
    'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2], sys.executable)';
  for (const name of wanted) {
    const told = await run(name, ['-c', check], options).catch(() => '');
    const [version, ...path] = told.trim().split(' ');
    if (version !== '' && (python === undefined || version === python)) return path.join(' ');
  }
  throw new Error(
    `no Python ${python ?? '3'} with venv (Debian: apt-get install python3 python3-venv)`,
  );
}
