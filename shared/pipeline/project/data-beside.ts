/** The data that seems to belong to a model, by places and names. */
import { basename, dirname } from 'node:path';
import { isDataFolder } from './file-kinds.ts';

/** Files by what they are for; empty where none seems to belong to the model. */
export type DataRoles = Partial<Record<'all' | 'calibration' | 'evaluation', string>>;

/**
 * The data that seems to belong to a model: near it, by the usual names. `test`, `val`, `eval` judge;
 * `train`, `calib` calibrate; one file alone is everything.
 */
export function dataFor(model: string, data: readonly string[]): DataRoles {
  const near = nearData(model, data);
  const own = ownData(model, near);
  const candidates = own.length > 0 ? own : near;
  const named = (pattern: RegExp): string | undefined =>
    candidates.find((path) => pattern.test(basename(path)));
  const evaluation = named(/test|val|eval/i);
  const calibration = named(/calib/i) ?? named(/train/i);
  if (evaluation !== undefined && calibration !== undefined) return { calibration, evaluation };
  const all = evaluation ?? calibration ?? (candidates.length === 1 ? candidates[0] : undefined);
  return all === undefined ? {} : { all };
}

/** The files that lie where data of the model would. */
export const nearData = (model: string, data: readonly string[]): string[] =>
  data.filter((path) => isNear(model, path));

/** Those whose names hold the model's, as whole words: a model called `a` owns no `train.npz`. */
export function ownData(model: string, data: readonly string[]): string[] {
  const stem = wordsOf(basename(model).replace(/\.[^.]+$/, ''));
  return data.filter((path) => wordsOf(path).includes(stem));
}

/** In the same folder, below it, or in a folder called data beside or above it. */
function isNear(model: string, data: string): boolean {
  const folder = dirname(model);
  const dataFolder = dirname(data);
  if (folder === dataFolder || folder === '.' || dataFolder.startsWith(`${folder}/`)) return true;
  return dataFolder.split('/').some(isDataFolder);
}

/** ` digits test npz ` of `digits-test.npz`. */
const wordsOf = (path: string): string =>
  ` ${basename(path)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .join(' ')} `;
