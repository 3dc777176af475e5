/** `run --since REF`: the jobs that read a file which differs from a Git revision. */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FettleError, InputError } from '../base/errors.ts';
import type { Job } from '../pipeline/job.ts';
import { filesBeside } from '../pipeline/source-file.ts';

/**
 * The jobs of which a file changed since `ref`, in commits, in the working tree or newly added; the
 * configuration `config` (absolute) counts for all. @throws InputError when Git cannot compare
 */
export async function jobsChangedSince(
  ref: string,
  jobs: readonly Job[],
  config: string,
): Promise<Job[]> {
  const changed = await changedFiles(ref, dirname(config));
  const isChanged = (used: string): boolean =>
    bothPaths(used).some((path) =>
      changed.some((one) => one === path || one.startsWith(`${path}/`)),
    );
  const flags = await Promise.all(
    jobs.map(async (job) => [config, ...(await filesOf(job))].some(isChanged)),
  );
  return jobs.filter((_, index) => flags[index]);
}

/** Real absolute paths of what differs from the revision. */
async function changedFiles(ref: string, folder: string): Promise<string[]> {
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    try {
      return (await promisify(execFile)('git', args, { cwd, maxBuffer: 64 * 2 ** 20 })).stdout;
    } catch (error) {
      throw new InputError(`git cannot compare with "${ref}"`, {
        where: '--since',
        hint: 'Name a revision that this clone has (in CI: fetch-depth: 0).',
        cause: error,
      });
    }
  };
  // What looks like an option is none: a revision does not begin like one.
  if (ref.startsWith('-')) throw new InputError(`"${ref}" is no revision`, { where: '--since' });
  const root = (await git(folder, 'rev-parse', '--show-toplevel')).replace(/\r?\n$/, '');
  const base = (await git(root, 'merge-base', ref, 'HEAD')).trim();
  // From the root: data may lie beside the configuration's folder, and `--others` looks only downwards.
  const names = await git(root, 'diff', '--name-only', '--no-relative', '-z', base);
  const fresh = await git(root, 'ls-files', '--others', '--exclude-standard', '-z');
  const realRoot = realpathSync(root);
  return (names + fresh)
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => join(realRoot, name));
}

/** Everything that a job reads but the configuration. */
async function filesOf({ source, data, train }: Job): Promise<string[]> {
  const specs = [data.all, data.calibration, data.evaluation, data.training].flatMap((spec) =>
    spec ? [spec.path, spec.labels ?? spec.path] : [],
  );
  const networks = [train.teacher, train.student].flatMap((file) => (file ? [file.path] : []));
  return [
    source,
    ...(await weightFiles(source)),
    ...networks,
    ...(await Promise.all(networks.map(weightFiles))).flat(),
    ...specs,
    ...(data.alphabet === undefined ? [] : [data.alphabet]),
    ...(data.metric === undefined ? [] : [data.metric]),
  ];
}

/** Files of weights beside the model. Where its header cannot be read (an LFS pointer), by their usual names. */
async function weightFiles(source: string): Promise<readonly string[]> {
  try {
    return await filesBeside(source);
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    return ['.data', '_data'].map((ending) => source + ending);
  }
}

/** As it was named, in its real folder, and where a link at its end leads: either may be what changed. */
function bothPaths(path: string): string[] {
  const paths = [path];
  for (const real of [
    () => join(realpathSync(dirname(path)), basename(path)),
    () => realpathSync(path),
  ]) {
    try {
      paths.push(real());
    } catch {
      // It was deleted, or is an address.
    }
  }
  return paths;
}
