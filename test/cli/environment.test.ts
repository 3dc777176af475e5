import { expect, test } from 'vitest';
import { wantsColor } from '../../shared/cli/environment.ts';

test('colour for terminals, unless somebody says no', () => {
  const terminal = { isTTY: true };
  expect(wantsColor(terminal, {}, {})).toBe(true);
  expect(wantsColor({}, {}, {})).toBe(false);
  expect(wantsColor(terminal, { color: false }, {})).toBe(false);
  expect(wantsColor(terminal, {}, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColor(terminal, {}, { TERM: 'dumb' })).toBe(false);
  expect(wantsColor({}, {}, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor({}, { color: false }, { FORCE_COLOR: '1' })).toBe(false);
});
