/** What a runner gives to a step besides its inputs: folders, files to write to, addresses. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefectError, InputError } from '../shared/base/errors.ts';

export interface Runner {
  /** The checkout; absent where the folder is not there. */
  readonly workspace?: string;
  /** Of this step alone; the runner removes it at the end of the job. */
  readonly temp: string;
  /** Stays on self-hosted runners, and where a cache step saves it. */
  readonly toolCache: string;
  /** The checkout of the Action at the used ref: the bundle's own. */
  readonly actionPath: string;
  readonly summaryPath?: string;
  /** The page of this run. */
  readonly link?: string;
}

/** @throws InputError outside of a runner */
export function readRunner(env: NodeJS.ProcessEnv): Runner {
  const jobTemp = env.RUNNER_TEMP;
  if (!jobTemp) throw new InputError('RUNNER_TEMP is not set: this is no GitHub runner');
  const { GITHUB_WORKSPACE: workspace, GITHUB_STEP_SUMMARY: summaryPath } = env;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id } = env;
  return {
    ...(workspace && existsSync(workspace) && { workspace }),
    temp: mkdtempSync(join(jobTemp, 'fettle-')),
    toolCache: env.RUNNER_TOOL_CACHE || join(jobTemp, 'tools'),
    actionPath: findActionPath(import.meta.url),
    ...(summaryPath && { summaryPath }),
    ...(server && name && id && { link: `${server}/${name}/actions/runs/${id}` }),
  };
}

/** The nearest folder above a module whose `package.json` is Fettle's. */
export function findActionPath(module: string): string {
  for (let folder = dirname(fileURLToPath(module)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && /"name": "fettle"/.test(readFileSync(path, 'utf8'))) return folder;
    if (dirname(folder) === folder)
      throw new DefectError('the package.json of fettle was not found');
  }
}
