import { expect, test } from 'vitest';
import { defaultHardware, parseHardware } from '../../shared/base/hardware.ts';

test('known and unknown names', () => {
  expect(parseHardware('x64-vnni', '--hardware')).toBe('x64-vnni');
  expect(() => parseHardware('x86', '--hardware')).toThrow(
    expect.objectContaining({ exitCode: 2, where: '--hardware' }),
  );
});

test('by default the machine’s', () => {
  expect([defaultHardware('x64'), defaultHardware('arm64'), defaultHardware('s390x')]).toEqual([
    'x64',
    'arm64',
    'x64',
  ]);
});
