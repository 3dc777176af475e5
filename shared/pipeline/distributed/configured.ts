/** The models of a prefix's `fettle.yml`, each with the objects that it names: a mistake in one is that one's. */
import { relative } from 'node:path';
import { digestJson } from '../../base/digest.ts';
import { type ErrorDetails, FettleError, InputError } from '../../base/errors.ts';
import { CONFIG_MAX_BYTES } from '../../base/limits.ts';
import { isAddress } from '../../measure/data/spec.ts';
import { jobsOf } from '../config/jobs.ts';
import { type ConfigFile, parseConfig } from '../config/read-config.ts';
import { type Job, mergeSettings } from '../job.ts';
import { toWire, type WireError } from '../local/error-wire.ts';
import { type Candidate, candidateAt, type Drop } from './drop.ts';
import { baseOf, nameOfKey } from './object-key.ts';
import type { ObjectInfo } from './object-store.ts';

export interface ConfiguredModel {
  readonly name: string;
  /** The key in the configuration; absent where that cannot be read. */
  readonly configurationModel?: string;
  /** Digest of what the configuration says of this model. */
  readonly settings?: string;
  readonly found:
    | { readonly candidate: Candidate; readonly data: readonly ObjectInfo[] }
    | { readonly problem: WireError };
}

/** A folder of images: their keys make up a request, which is read as a whole (CWE-770). */
const MAX_FOLDER_OBJECTS = 100_000;

/** The models that the configuration names, in its order. What is wrong with the file as a whole is one model's problem, named after the prefix. */
export function configuredModels(
  drop: Drop,
  configuration: ObjectInfo,
  text: string,
): ConfiguredModel[] {
  const file = attempt(() => {
    if (configuration.bytes > CONFIG_MAX_BYTES)
      throw new InputError(`it is too large for a configuration: ${configuration.bytes} bytes`);
    return parseConfig(text, baseOf(configuration.key));
  });
  if ('problem' in file) return [{ name: nameOfKey(drop.prefix || 'fettle/'), found: file }];
  return Object.keys(file.value.config.models).map((name) => {
    const { defaults = {}, models } = file.value.config;
    const resolved = attempt(() => resolve(name, file.value, drop));
    return {
      name,
      configurationModel: name,
      settings: digestJson(mergeSettings(defaults, models[name] ?? {})),
      found: 'problem' in resolved ? resolved : resolved.value,
    };
  });
}

/** @throws FettleError for what is wrong in the configuration, or is not there */
function resolve(
  name: string,
  file: ConfigFile,
  drop: Drop,
): { readonly candidate: Candidate; readonly data: readonly ObjectInfo[] } {
  const [job] = jobsOf(file, { only: name });
  if (!job) throw new InputError(`there is no model "${name}"`);
  const place = new Place(name, file, drop);
  const source = place.inside(job.source, job.shownSource, ['source']);
  const candidate = candidateAt(source, name, drop);
  if (!candidate)
    throw place.error(`"${job.shownSource}" is not there, or no model`, ['source'], {
      hint: `Upload it to ${drop.prefix === '' ? 'the inbox' : drop.prefix}, as the configuration says; it is looked at again then.`,
    });
  return { candidate, data: dataOf(job, place) };
}

/** Every object that the job's settings name beside its model, once. */
function dataOf({ data, train }: Job, place: Place): ObjectInfo[] {
  const { metric: _, alphabet, ...specs } = data;
  const paths: [string, string][] = [];
  for (const [part, spec] of Object.entries(specs)) {
    if (!isAddress(spec.path)) paths.push([spec.path, part]);
    if (spec.labels !== undefined && !isAddress(spec.labels)) paths.push([spec.labels, 'labels']);
  }
  if (alphabet !== undefined) paths.push([alphabet, 'alphabet']);
  const found = new Map<string, ObjectInfo>();
  for (const [path, part] of paths)
    for (const object of place.objects(path, ['data', part])) found.set(object.key, object);
  for (const role of ['teacher', 'student'] as const) {
    const file = train[role];
    if (!file) continue;
    for (const object of place.objects(file.path, ['train', role])) found.set(object.key, object);
  }
  return [...found.values()];
}

/** Paths of one model's settings as objects of the prefix. */
class Place {
  readonly #name: string;
  readonly #file: ConfigFile;
  readonly #drop: Drop;

  constructor(name: string, file: ConfigFile, drop: Drop) {
    this.#name = name;
    this.#file = file;
    this.#drop = drop;
  }

  error(message: string, path: readonly string[], details: ErrorDetails): InputError {
    return new InputError(message, {
      ...details,
      where: this.#file.where(['models', this.#name, ...path]),
    });
  }

  /** Relative to the prefix; empty for itself. @throws InputError for a path that leads out */
  inside(absolute: string, shown: string, path: readonly string[]): string {
    const own = relative(this.#file.folder, absolute);
    if (own !== '..' && !own.startsWith('../')) return own;
    throw this.error(`"${shown}" leads out of the folder of the configuration`, path, {
      hint: 'In S3 a configuration names what lies below its own prefix.',
    });
  }

  /** The file at a path, or all files of the folder. @throws InputError where nothing is */
  objects(absolute: string, path: readonly string[]): ObjectInfo[] {
    const { below, prefix } = this.#drop;
    const own = this.inside(absolute, relative(this.#file.folder, absolute), path);
    const file = below.get(prefix + own);
    if (file) return [file];
    const folder = `${prefix}${own}/`;
    const inside = [...below.values()].filter(
      ({ key }) => key.startsWith(folder) && !key.endsWith('/'),
    );
    if (inside.length === 0)
      throw this.error(`"${own}" is not there`, path, {
        hint: `Upload it to ${prefix === '' ? 'the inbox' : prefix}, as the configuration says; it is looked at again then.`,
      });
    if (inside.length > MAX_FOLDER_OBJECTS)
      throw this.error(`"${own}" holds more than ${MAX_FOLDER_OBJECTS} files`, path, {
        hint: 'Give fewer, or one .npz of them.',
      });
    return inside;
  }
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly problem: WireError } {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    // A stack of ours says nothing about a mistake of theirs.
    return { problem: { ...toWire(error), stack: '' } };
  }
}
