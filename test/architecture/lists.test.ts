import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, ROOT, type Source, sources } from './sources.ts';

interface Registry {
  /** What lies in the folder, one file an entry. */
  readonly entries: string;
  /** The written list. */
  readonly list: string;
  /** What an entry exports; files of the folder without it are helpers. */
  readonly exports: RegExp;
  /** Where the entry's cases are, from its name. */
  readonly cases: (name: string) => readonly string[];
}

const REGISTRIES: readonly Registry[] = [
  {
    entries: 'shared/passes/*.ts',
    list: 'shared/passes/presets.ts',
    exports: /^export const \w+(: Pass\b| = rulePass\()/m,
    cases: (name) => [`test/passes/${name}/*.txt`],
  },
  {
    entries: 'shared/measure/metrics/*.ts',
    list: 'shared/measure/metrics/metrics.ts',
    exports: /MetricSpec\): (Promise<)?Metric\b/,
    cases: (name) => [`test/measure/metrics/${name}.test.ts`],
  },
  {
    entries: 'shared/engines/*/*.ts',
    list: 'shared/engines/engines.ts',
    exports: /^export const \w+: Engine\b/m,
    cases: () => ['test/engines/*.test.ts', 'test/contracts/*.ts'],
  },
];

const nameOf = (path: string): string => /([^/]+)\.ts$/.exec(path)?.[1] ?? path;

function entriesOf({ entries, list, exports }: Registry): readonly Source[] {
  return sources(entries).filter((source) => source.path !== list && exports.test(source.text));
}

describe.each(REGISTRIES)('$list', (registry) => {
  const list = sources(registry.list)[0];
  const entries = entriesOf(registry);

  it('finds entries', () => {
    expect(entries.length).toBeGreaterThan(1);
  });

  it('names every entry of its folder', () => {
    const named = new Set(list ? importsOf(list) : []);
    expect(entries.map((entry) => entry.path).filter((path) => !named.has(path))).toEqual([]);
  });

  it('has cases for every entry', () => {
    const without = entries.filter((entry) => {
      return !registry.cases(nameOf(entry.path)).some((pattern) => hasFiles(pattern));
    });
    expect(without.map((entry) => entry.path)).toEqual([]);
  });
});

describe('golden cases of passes', () => {
  const folders = readdirSync(join(ROOT, 'test/passes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasFiles(`test/passes/${entry.name}/*.txt`))
    .map((entry) => entry.name);

  it('all run through the harness, which verifies them before and after and runs them twice', () => {
    const unchecked = folders.filter((folder) => {
      const test = sources(`test/passes/${folder}.test.ts`)[0];
      return test === undefined || !/_harness\.ts'/.test(test.text);
    });
    expect(unchecked).toEqual([]);
    expect(folders.length).toBeGreaterThan(10);
  });
});

function hasFiles(pattern: string): boolean {
  const folder = join(ROOT, pattern.replace(/\/[^/]*$/, ''));
  const suffix = /\*?([^*/]*)$/.exec(pattern)?.[1] ?? '';
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(suffix));
}
