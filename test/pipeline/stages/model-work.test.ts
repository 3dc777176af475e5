import { expect, test } from 'vitest';
import { isDone } from '../../../shared/pipeline/stages/model-work.ts';

test('a build is done when it has an artifact', () => {
  const build = { variant: 'int8', hardware: 'x64', target: 'onnx', isRow: true } as const;
  expect(isDone({ ...build, result: { status: 'skipped', reason: 'no Conv', code: 3 } })).toBe(
    false,
  );
});
