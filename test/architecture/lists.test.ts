import { existsSync, globSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
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
    entries: 'shared/measure/data/*.ts',
    list: 'shared/measure/data/forms.ts',
    exports: /^export const \w+: DataForm\b/m,
    cases: (name) => [`test/measure/data/${name}.test.ts`],
  },
  {
    entries: 'shared/compress/quantize/weights/forms/*.ts',
    list: 'shared/compress/quantize/weights/forms/forms.ts',
    exports: /^export function apply\w+\(context: FormContext\)/m,
    cases: (name) => [`test/compress/quantize/weights/forms/${name}.test.ts`],
  },
  {
    entries: 'shared/pipeline/steps/*.ts',
    list: 'shared/pipeline/steps/registry.ts',
    exports: /^export const \w+: Step</m,
    cases: (name) => [`test/pipeline/steps/${name}.test.ts`],
  },
  {
    entries: 'shared/cli/commands/*.ts',
    list: 'shared/cli/program.ts',
    exports: /^export const \w+: Register\b/m,
    cases: (name) => [`test/cli/commands/${name}.test.ts`],
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

describe('shared/formats/format-list.ts', () => {
  const list = sources('shared/formats/format-list.ts')[0]?.text ?? '';
  const entries = [...list.matchAll(/^ +(?:\{ )?name: '([\w-]+)',\s+title: '([^'(]+?) ?[('].*/gm)];
  const union = /FormatName =((?:\s*\| '[\w-]+')+)/.exec(
    sources('shared/formats/format.ts')[0]?.text ?? '',
  );

  it('has an entry for every format that has a name', () => {
    const names = [...(union?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(entries.map(([, name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it('has a case for every entry', () => {
    const cases = sources('test/formats/detect.test.ts')[0]?.text ?? '';
    const without = entries.filter(
      ([, name, title]) => !cases.includes(`'${name}'`) && !cases.includes(`'${title}`),
    );
    expect(without.map(([, name]) => name)).toEqual([]);
  });

  it('leads, with detection, to every file of the folder and of those below', () => {
    const files = new Map(sources('shared/formats/**/*.ts').map((file) => [file.path, file]));
    const reached = new Set<string>();
    const follow = (path: string): void => {
      const file = files.get(path);
      if (!file || reached.has(path)) return;
      reached.add(path);
      for (const imported of importsOf(file)) follow(imported);
    };
    for (const root of ['format-list', 'detect', 'open-source'])
      follow(`shared/formats/${root}.ts`);
    expect([...files.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });
});

/** What runs golden cases: a model, a line `---`, and what becomes of it. */
const HARNESSES = [
  // Exact rewrites: once is enough, so the second time changes nothing.
  { path: 'test/passes/_harness.ts', isIdempotent: true },
  // Quantization: what it made is no longer a float model, so once is all.
  { path: 'test/compress/quantize/int8/_golden.ts', isIdempotent: false },
] as const;

describe('golden cases of models', () => {
  const folders = globSync(['test/passes/**/*.txt', 'test/compress/**/*.txt'], { cwd: ROOT }).map(
    (path) => dirname(path).split(sep).join('/'),
  );

  it('all run through a harness', () => {
    const unchecked = [...new Set(folders)].filter((folder) => {
      const tests = sources(`${folder}.test.ts`, `${dirname(folder)}.test.ts`);
      const used = new Set(tests.flatMap((test) => importsOf(test)));
      return !HARNESSES.some(({ path }) => used.has(path));
    });
    expect(unchecked).toEqual([]);
    expect(new Set(folders).size).toBeGreaterThan(40);
  });

  it.each(HARNESSES)('$path verifies before and after', ({ path, isIdempotent }) => {
    const text = sources(path)[0]?.text ?? '';
    expect(text.match(/expect\(verifyModel\(\w+(\.model)?\)\)\.toEqual\(\[\]\)/g)).toHaveLength(2);
    expect(/const again = await transform\(outcome\.model/.test(text)).toBe(isIdempotent);
  });
});

function hasFiles(pattern: string): boolean {
  const folder = join(ROOT, pattern.replace(/\/[^/]*$/, ''));
  const suffix = /\*?([^*/]*)$/.exec(pattern)?.[1] ?? '';
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(suffix));
}
