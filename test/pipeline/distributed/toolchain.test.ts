import { expect, test } from 'vitest';
import {
  currentToolchain,
  isSameToolchain,
  toolchainSchema,
} from '../../../shared/pipeline/distributed/toolchain.ts';

test('versions of this installation', async () => {
  const own = await currentToolchain();
  expect(toolchainSchema.parse(own)).toEqual({
    tool: expect.stringMatching(/^\d+\.\d+\.\d+/),
    runtime: expect.stringMatching(/^onnxruntime-node \d+\.\d+/),
    steps: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
  expect(isSameToolchain(own, { ...own })).toBe(true);
  for (const part of ['tool', 'runtime', 'steps'] as const)
    expect(isSameToolchain(own, { ...own, [part]: 'other' })).toBe(false);
});
