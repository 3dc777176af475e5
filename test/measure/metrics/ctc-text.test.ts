import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodedText, labelText, readAlphabet } from '../../../shared/measure/metrics/ctc-text.ts';
import { useTempFolder } from '../data/temp-folder.ts';
import { floats } from './outputs.ts';

const temp = useTempFolder();
const spec = { name: 'cer' };

/** An output [1, T, C] whose best class at each step is as told. */
const steps = (classes: number, ...best: number[]) =>
  floats(
    [1, best.length, classes],
    ...best.flatMap((k) => Array.from({ length: classes }, (_, c) => Number(c === k))),
  );

describe('decodedText', () => {
  const text = (classes: number, ...best: number[]) =>
    decodedText({ y: steps(classes, ...best) }, ['a', 'b', 'ß'], spec);

  it('merges repeats and drops blanks: only a blank separates equal characters', () => {
    expect(text(4, 1, 1, 0, 1, 2, 2, 0, 0, 3)).toBe('aabß');
    expect(text(4, 0, 0, 0)).toBe('');
  });

  it('ends in a space where there is one class more than characters and blank, and trims', () => {
    expect(text(5, 4, 1, 4, 2, 4)).toBe('a b');
  });

  it('reads [T, C] too, and refuses another count of classes', () => {
    expect(decodedText({ y: floats([2, 4], 0, 1, 0, 0, 0, 0, 1, 0) }, ['a', 'b', 'ß'], spec)).toBe(
      'ab',
    );
    expect(() => text(7, 1)).toThrow(/cer with 3 characters cannot score this model/);
  });
});

describe('readAlphabet', () => {
  it('has a class a line, the last line break optional', async () => {
    for (const text of ['a\nb\n \n', 'a\r\nb\r\n ', '\uFEFFa\nb\n \n']) {
      writeFileSync(temp('keys.txt'), text);
      expect(await readAlphabet({ name: 'cer', alphabet: temp('keys.txt') })).toEqual([
        'a',
        'b',
        ' ',
      ]);
    }
  });

  it('must be given and exist', async () => {
    await expect(readAlphabet(spec)).rejects.toThrow(/cer needs an alphabet/);
    await expect(readAlphabet({ name: 'cer', alphabet: temp('none.txt') })).rejects.toThrow(
      /none\.txt does not exist/,
    );
    writeFileSync(temp('one.txt'), 'abcdef\n');
    await expect(readAlphabet({ name: 'cer', alphabet: temp('one.txt') })).rejects.toThrow(
      /holds 1 line/,
    );
  });
});

it('labelText takes texts and numbers', () => {
  expect(labelText(' a b ')).toBe('a b');
  expect(labelText(1905)).toBe('1905');
  expect(() => labelText(null)).toThrow(/the label null is no text/);
});
