import { describe, expect, it } from 'vitest';
import { importsOf, type Source, sources } from './sources.ts';

/** The blueprint's order: each folder imports only from itself and from folders before it. */
const LAYERS = [
  'base',
  'ops',
  'onnx',
  'runtime',
  'formats',
  'rewrite',
  'passes',
  'engines',
  'measure',
  'train',
  'compress',
  'report',
  'pipeline',
  'cli',
];

/** Packages that only the rims may import: `functions/adapters`, `action/aws.ts`, `cdk` and tests. */
const RIM_PACKAGES =
  /^(@aws-sdk\/|@aws-lambda-powertools\/|@actions\/|@octokit\/|aws-cdk-lib|constructs)/;

/** The library's door gathers exports of all folders and is imported by none. */
const DOOR = 'shared/index.ts';

const layerOf = (path: string): string | undefined => /^shared\/([^/]+)\//.exec(path)?.[1];

function wrongDirections(files: readonly Source[]): string[] {
  return files
    .filter((file) => file.path !== DOOR)
    .flatMap((file) => {
      const own = LAYERS.indexOf(layerOf(file.path) ?? '');
      return importsOf(file)
        .filter((target) => target.startsWith('shared/'))
        .filter((target) => target === DOOR || LAYERS.indexOf(layerOf(target) ?? '') > own)
        .map((target) => `${file.path} → ${target}`);
    });
}

describe('imports inside shared', () => {
  const files = sources('shared/**/*.ts');

  it('reads every folder in the list and no other', () => {
    const folders = new Set(
      files.map((file) => layerOf(file.path)).filter((layer) => layer !== undefined),
    );
    expect([...folders].filter((folder) => !LAYERS.includes(folder))).toEqual([]);
    expect(folders.size).toBeGreaterThan(5);
  });

  it('point one way', () => {
    expect(wrongDirections(files)).toEqual([]);
  });

  it('would be caught pointing the other way', () => {
    const wrong = { path: 'shared/base/x.ts', text: "import { a } from '../cli/main.ts';\n" };
    expect(wrongDirections([wrong])).toEqual(['shared/base/x.ts → shared/cli/main.ts']);
  });

  it('know no cloud and no GitHub', () => {
    const found = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => RIM_PACKAGES.test(target))
        .map((target) => `${file.path} → ${target}`),
    );
    expect(found).toEqual([]);
  });

  it('leave the project nowhere', () => {
    const found = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('..') || /^(test|bench|scripts)\//.test(target))
        .map((target) => `${file.path} → ${target}`),
    );
    expect(found).toEqual([]);
  });
});
