import { describe, expect, it } from 'vitest';
import { codeOnly, type Source, sources } from './sources.ts';

const HOLES: readonly (readonly [string, RegExp])[] = [
  ['any', /(:|<|\bas)\s*any\b(?!\s*\()/],
  ['as unknown as', /\bas unknown as\b/],
];
const COMMENT_HOLES = /@ts-(ignore|nocheck|expect-error)/;
const SKIPPED_TESTS = /\b(it|test|describe)\.(only|todo)\(/;

function holes(files: readonly Source[]): string[] {
  return files.flatMap((file) => {
    const code = codeOnly(file.text).split('\n');
    const found = code.flatMap((line, index) =>
      HOLES.filter(([, pattern]) => pattern.test(line)).map(
        ([name]) => `${file.path}:${index + 1} ${name}`,
      ),
    );
    return COMMENT_HOLES.test(file.text)
      ? [...found, `${file.path} ${COMMENT_HOLES.exec(file.text)?.[0]}`]
      : found;
  });
}

describe('types', () => {
  const files = sources('{shared,functions,action,cdk,bench,scripts,test}/**/*.ts').filter(
    (file) => !file.path.endsWith('strict-types.test.ts'),
  );

  it('have no holes', () => {
    expect(holes(files)).toEqual([]);
  });

  it('would show one', () => {
    const bad = { path: 'x.ts', text: 'const a: any = 1;\nconst b = a as unknown as string;\n' };
    expect(holes([bad])).toEqual(['x.ts:1 any', 'x.ts:2 as unknown as']);
  });

  it('no test is left alone or for later', () => {
    expect(
      files.filter((file) => SKIPPED_TESTS.test(codeOnly(file.text))).map((file) => file.path),
    ).toEqual([]);
  });
});
