import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { codeOnly, ROOT, type Source, sources } from './sources.ts';

/** Files that another test exercises whole, each with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'action/local/child.ts': 'a process: test/action/local/compare-locally.slow.test.ts starts it',
};

/** Only types and constants: nothing that a test could run. */
function isDeclarationOnly(source: Source): boolean {
  return !/\bfunction\b|=>|\bclass\b/.test(
    codeOnly(source.text)
      .replace(/^(export )?type .*;$/gm, '')
      .replace(/^(export )?(type|interface) [\s\S]*?^(}|\S.*;$)/gm, ''),
  );
}

function hasTest(path: string): boolean {
  const stem = `test/${path.replace(/^shared\//, '').replace(/\.ts$/, '')}`;
  return [`${stem}.test.ts`, `${stem}.slow.test.ts`].some((candidate) =>
    existsSync(join(ROOT, candidate)),
  );
}

it('every source file has a test of the same name', () => {
  const missing = sources('{shared,functions,cdk,action}/**/*.ts')
    .filter(
      (source) => !isDeclarationOnly(source) && !hasTest(source.path) && !(source.path in ALLOWED),
    )
    .map((source) => source.path);
  expect(missing).toEqual([]);
});

it('no allowance outlives its reason', () => {
  expect(
    Object.keys(ALLOWED).filter((path) => hasTest(path) || !existsSync(join(ROOT, path))),
  ).toEqual([]);
});
