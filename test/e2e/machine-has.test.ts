import { afterEach, expect, test, vi } from 'vitest';
import { machineHas } from './machine-has.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('what is missing is skipped with a word, and an error in CI', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.stubEnv('CI', '');
  expect(machineHas(true, 'a disk', 'Run as root.')).toBe(true);
  expect(said).not.toHaveBeenCalled();
  expect(machineHas(false, 'a disk', 'Run as root.')).toBe(false);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/NOT RUN: a disk .* Run as root\./));
  vi.stubEnv('CI', 'true');
  expect(machineHas(true, 'a disk', 'Run as root.')).toBe(true);
  expect(() => machineHas(false, 'a disk', 'Run as root.')).toThrow(/must be in CI: a disk/);
});
