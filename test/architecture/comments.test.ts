import { describe, expect, it } from 'vitest';
import { type Source, sources } from './sources.ts';

/** Declarations that need a comment right above, and what counts as one. */
function uncommented(files: readonly Source[], declaration: RegExp): string[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n');
    return lines.flatMap((line, index) => {
      const previous = (lines[index - 1] ?? '').trim();
      const commented =
        previous.endsWith('*/') || previous.startsWith('//') || previous.startsWith('/**');
      return declaration.test(line) && !commented
        ? [`${file.path}:${index + 1} ${line.trim()}`]
        : [];
    });
  });
}

describe('comments', () => {
  const files = sources('{shared,functions,action,cdk}/**/*.ts');

  it('every limit gives its reason', () => {
    const limit = /^\s*(export )?const ([A-Z0-9_]+_)?(MAX|MIN|LIMIT)(_[A-Z0-9_]+)?\b/;
    expect(uncommented(files, limit)).toEqual([]);
  });

  it('every error class says who must act', () => {
    expect(uncommented(files, /^export (abstract )?class \w+Error\b/)).toEqual([]);
  });

  it('every exported class and function says what it gives', () => {
    expect(uncommented(files, /^export (async )?(abstract )?(function\*?|class) /)).toEqual([]);
  });

  it('no file says that it is unfinished', () => {
    const unfinished = files.filter((file) =>
      /\b(TODO|FIXME|XXX)\b|not (yet )?implemented|for now\b/i.test(file.text),
    );
    expect(unfinished.map((file) => file.path)).toEqual([]);
  });
});
