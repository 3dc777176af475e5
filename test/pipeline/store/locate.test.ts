import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { storeFolder } from '../../../shared/pipeline/store/locate.ts';

test('the environment wins over the configuration, which wins over the cache', () => {
  expect(storeFolder({ env: { FETTLE_STORE: 'here' }, configured: '/there' })).toBe(
    resolve('here'),
  );
  expect(storeFolder({ env: {}, configured: '/there' })).toBe('/there');
  expect(storeFolder({ env: { XDG_CACHE_HOME: '/caches' }, platform: 'linux' })).toBe(
    join('/caches', 'fettle'),
  );
  expect(storeFolder({ env: {}, platform: 'darwin' })).toBe(
    join(homedir(), 'Library', 'Caches', 'fettle'),
  );
  expect(storeFolder({ env: { LOCALAPPDATA: 'L' }, platform: 'win32' })).toBe(
    join('L', 'fettle', 'store'),
  );
});
