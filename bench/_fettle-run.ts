/** `fettle` from the sources, as users run it, and what its report says. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { parseReport, type Report } from '../shared/report/schema.ts';

export const CLI = fileURLToPath(new URL('../shared/cli/main.ts', import.meta.url));

export type Row = Report['models'][number]['variants'][number];

/** A configuration of one model for x64, with a store of its own in the folder; gives its path. */
export function writeConfig(folder: string, name: string, config: ModelConfig): string {
  const file = join(folder, 'fettle.yml');
  const models = { [name]: { ...config, hardware: ['x64'] } };
  writeFileSync(file, JSON.stringify({ version: 1, store: join(folder, 'store'), models }));
  return file;
}

/** The rows of the only model that the command reports. */
export function reported(...args: readonly string[]): readonly Row[] {
  const json = execFileSync(process.execPath, [CLI, ...args, '--json', '--quiet'], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return rowsOf(json, args.join(' '));
}

/** The rows of the only model in a report, which `from` names in errors. */
export const rowsOf = (json: string, from: string): readonly Row[] =>
  parseReport(JSON.parse(json), from).models[0]?.variants ?? [];
