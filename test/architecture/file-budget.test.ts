import { describe, expect, it } from 'vitest';
import { sources } from './sources.ts';

const LIMIT = 400;

/** Files that may be longer, each with the reason why splitting would make it worse. */
const ALLOWED: Readonly<Record<string, string>> = {
  'shared/ops/schema-text.ts': 'generated, one line for each version of each operator',
};

describe('file budget', () => {
  const files = sources('{shared,functions,action,cdk,bench,scripts,test}/**/*.ts');
  const lines = (text: string): number => text.split('\n').length;

  it(`keeps every file within ${LIMIT} lines`, () => {
    const long = files.filter((file) => lines(file.text) > LIMIT && !(file.path in ALLOWED));
    expect(long.map((file) => `${file.path}: ${lines(file.text)}`)).toEqual([]);
  });

  it('allows no file that no longer needs it', () => {
    const stale = Object.keys(ALLOWED).filter((path) => {
      const file = files.find((candidate) => candidate.path === path);
      return file === undefined || lines(file.text) <= LIMIT;
    });
    expect(stale).toEqual([]);
  });

  it('keeps nine of ten source files under 300 lines', () => {
    const lengths = files
      .filter((file) => /^(shared|functions|action|cdk)\//.test(file.path))
      .map((file) => lines(file.text));
    const sorted = lengths.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(300);
  });
});
