import { expect, test } from 'vitest';
import { callersFolder, wantsColor } from '../../shared/cli/environment.ts';

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

test('paths start where the user is, also when npm runs the script in the checkout', () => {
  const own = { npm_package_name: 'fettle', npm_package_json: '/c/package.json' };
  expect(callersFolder('/c', { ...own, INIT_CWD: '/u/models' })).toBe('/u/models');
  expect(callersFolder('/c', own)).toBe('/c');
  // A command of its own, started below some npm script.
  expect(callersFolder('/tmp/work', { ...own, INIT_CWD: '/c' })).toBe('/tmp/work');
  // A script of the user's project that calls the installed command.
  const other = { npm_package_name: 'mine', npm_package_json: '/m/package.json' };
  expect(callersFolder('/m', { ...other, INIT_CWD: '/m/sub' })).toBe('/m');
});
