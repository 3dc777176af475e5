import { describe, expect, it } from 'vitest';
import { readCommandFile } from './_command-files.ts';
import { readLog } from './_commands.ts';

describe('the log', () => {
  it.each([
    ['::notice::a: b::c', { level: 'notice', message: 'a: b::c' }],
    ['::warning title=T%2C1,file=a b.yml,line=2::m', { title: 'T,1', file: 'a b.yml', line: 2 }],
    ['  ::error::%250A stays', { message: '%0A stays' }],
  ])('%s', (line, annotation) => {
    expect(readLog(line).annotations).toMatchObject([annotation]);
  });

  it('commands are obeyed at the beginning of a line, and not while they are stopped', () => {
    const { annotations, log } = readLog(
      'x ::error::no\n::stop-commands::abc\n::error::no\n::abc::\n::error::yes',
    );
    expect(annotations.map(({ message }) => message)).toEqual(['yes']);
    expect(log).toBe('x ::error::no\n::error::no\nerror: yes');
  });

  it('hides what is told to be hidden, before and within', () => {
    expect(readLog('::add-mask::abc\nabc abcdef', ['abcdef']).log).toBe('*** ***');
  });
});

describe('command files', () => {
  it.each([
    ['a=1\nb=2=3\n', { a: '1', b: '2=3' }],
    ['a<<E\n1\n\n2\nE\nb=<<E\n', { a: '1\n\n2', b: '<<E' }],
    ['a<<E\nE\n', { a: '' }],
    ['', {}],
  ])('%j', (text, values) => {
    expect(readCommandFile(text)).toEqual(values);
  });

  it.each([['a<<E\n1\n'], ['<<E\nE\n'], ['nothing\n']])('refuse %j', (text) => {
    expect(() => readCommandFile(text)).toThrow(/Invalid/);
  });
});
