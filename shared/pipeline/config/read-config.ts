/** `fettle.yml` from disk, checked; every mistake names file and line. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { CONFIG_MAX_BYTES } from '../../base/limits.ts';
import { explainIssue } from './issues.ts';
import { type Config, configSchema } from './schema.ts';
import { type Path, parseYaml } from './yaml.ts';

export interface ConfigFile {
  readonly config: Config;
  readonly path: string;
  /** What relative paths in it start from. */
  readonly folder: string;
  /** `fettle.yml:12`, for mistakes that are found later. */
  readonly where: (path: Path) => string;
}

export const CONFIG_NAMES = ['fettle.yml', 'fettle.yaml'] as const;

/** Throws {@link InputError}: missing, too large, not YAML, an unknown key, a wrong value. */
export async function readConfig(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > CONFIG_MAX_BYTES) {
      throw new InputError(`${path} is too large for a configuration: ${size} bytes`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw explainReadError(error, path);
  }
  return parseConfig(text, path);
}

/** The same from text; `path` is for messages and for relative paths. */
export function parseConfig(text: string, path: string): ConfigFile {
  const located = parseYaml(text, path);
  if (located.value === null || located.value === undefined) {
    throw new InputError(`${path} is empty`, { hint: 'Write one with: fettle init' });
  }
  const parsed = configSchema.safeParse(located.value);
  if (!parsed.success) throw explainIssue(parsed.error, configSchema, located);
  return { config: parsed.data, path, folder: dirname(resolve(path)), where: located.where };
}

/** The configuration of a folder, or `undefined`. */
export function findConfig(folder: string): string | undefined {
  return CONFIG_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
}
