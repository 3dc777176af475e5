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

/** Packages that only the rims may import. */
const RIM_PACKAGES =
  /^(@aws-sdk\/|@smithy\/|@aws-lambda-powertools\/|@actions\/|@octokit\/|aws-cdk-lib|constructs)/;

/** Where each of them is at home; tests and the scripts that build may use all. */
const HOMES: readonly (readonly [packages: RegExp, home: RegExp])[] = [
  [/^(aws-cdk-lib|constructs)/, /^cdk\//],
  [/^@(aws-sdk|smithy)\//, /^(functions\/adapters\/|action\/aws\.ts$)/],
  [/^@aws-lambda-powertools\//, /^functions\/adapters\//],
  [/^@(actions|octokit)\//, /^action\//],
];

/** What the folders above `shared` import of the project, beside themselves; the command line is nobody's. */
const RIMS: Readonly<Record<string, RegExp>> = {
  functions: /^shared\/(?!cli\/)/,
  cdk: /^shared\/(?!cli\/)/,
  action: /^shared\/(?!cli\/)/,
};

/** The library's door gathers exports of all folders and is imported by none. */
const DOOR = 'shared/index.ts';

/** What of `shared` may lead to the rim, each with the reason. */
const DOORS_OUT: Readonly<Record<string, string>> = {
  'shared/cli/commands/remote.ts → functions/adapters/remote-outbox.ts':
    'the command line works on the outbox too, and loads the SDK only then',
};

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

const isOurs = (target: string): boolean => /^[\w-]+\/.*\.ts$/.test(target);

function wrongRims(files: readonly Source[]): string[] {
  return files.flatMap((file) => {
    const rim = file.path.slice(0, file.path.indexOf('/'));
    return importsOf(file)
      .filter((target) => isOurs(target) && target !== DOOR && !target.startsWith(`${rim}/`))
      .filter((target) => !RIMS[rim]?.test(target))
      .map((target) => `${file.path} → ${target}`);
  });
}

function strayPackages(files: readonly Source[]): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((target) => {
        const home = HOMES.find(([packages]) => packages.test(target))?.[1];
        return home !== undefined && !home.test(file.path);
      })
      .map((target) => `${file.path} → ${target}`),
  );
}

describe('imports above shared', () => {
  const files = sources('{functions,cdk,action}/**/*.ts');

  it('lead to shared, but not to its command line, and never aside', () => {
    expect(wrongRims(files)).toEqual([]);
  });

  it('keep packages of the cloud and of GitHub at the rim', () => {
    expect(strayPackages(files)).toEqual([]);
  });

  it('would be caught otherwise', () => {
    const text = [
      "import { a } from '../shared/cli/main.ts';",
      "import { b } from '../cdk/stack.ts';",
      "import { c } from '../shared/base/errors.ts';",
      "import { d } from '@aws-sdk/client-s3';",
    ].join('\n');
    const wrong = [{ path: 'functions/x.ts', text }];
    expect(wrongRims(wrong)).toEqual([
      'functions/x.ts → shared/cli/main.ts',
      'functions/x.ts → cdk/stack.ts',
    ]);
    expect(strayPackages(wrong)).toEqual(['functions/x.ts → @aws-sdk/client-s3']);
    expect(strayPackages([{ path: 'functions/adapters/x.ts', text }])).toEqual([]);
  });
});

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
        .filter(
          (target) =>
            target.startsWith('..') || /^(test|bench|scripts|functions|cdk|action)\//.test(target),
        )
        .map((target) => `${file.path} → ${target}`),
    );
    expect(found.toSorted()).toEqual(Object.keys(DOORS_OUT).toSorted());
  });

  it('and lead there only when it is asked for', () => {
    const statically = files.filter(({ text }) => /from '[^']*\/functions\//.test(text));
    expect(statically.map(({ path }) => path)).toEqual([]);
  });
});
