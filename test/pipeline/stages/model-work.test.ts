import { expect, test } from 'vitest';
import { isDone, runsHere } from '../../../shared/pipeline/stages/model-work.ts';

test('what runs where', () => {
  expect(runsHere('x64', [], 'x64')).toBe(true);
  expect(runsHere('x64', [], 'arm64')).toBe(false);
  expect(runsHere('x64-vnni', ['avx2'], 'x64')).toBe(false);
  expect(runsHere('x64-vnni', ['avx512_vnni'], 'x64')).toBe(true);
  expect(runsHere('arm64', [], 'arm64')).toBe(true);
  expect(runsHere('cuda', [], 'x64') || runsHere('web', [], 'x64')).toBe(false);
});

test('a build is done when it has an artifact', () => {
  const build = { variant: 'int8', hardware: 'x64', target: 'onnx', isRow: true } as const;
  expect(isDone({ ...build, result: { status: 'skipped', reason: 'no Conv', code: 3 } })).toBe(
    false,
  );
});
