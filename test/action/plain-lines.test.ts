import { expect, test } from 'vitest';
import { plainLines } from '../../action/plain-lines.ts';

test.each([
  ['::add-mask::x', ': :add-mask::x'],
  ['a\n  ::set-output name=numbers::1', 'a\n  : :set-output name=numbers::1'],
  ['a\r::error::x', 'a\n: :error::x'],
  ['a\r\n::error::x', 'a\r\n: :error::x'],
  ['see ##[set-env name=x]y', 'see # #[set-env name=x]y'],
  ['a::b is no command', 'a::b is no command'],
  ['[1/14] read · 3.0 s', '[1/14] read · 3.0 s'],
])('%j', (text, expected) => {
  expect(plainLines(text)).toBe(expected);
});
