import { afterAll, expect, test } from 'vitest';
import { prepareModel } from '../../shared/pipeline/prepare-model.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { largeSource } from './_large-source.ts';

afterAll(closeSharedProcess);

test('says what was done, and reads no weights that stay', async () => {
  const given = largeSource('plain');
  const { model, facts } = await prepareModel(given, undefined);
  expect(facts).toMatchObject({ opset: 17, sourceOps: 7, passes: { 'remove-identity': 2 } });
  expect(facts.notes).toEqual(['exact rewrites: 7 nodes became 6']);
  expect(model.graph.initializers.get('w0')).toBe(given.graph.initializers.get('w0'));
});

test('what is above the opset allowed is refused', async () => {
  await expect(prepareModel(largeSource('plain'), 16)).rejects.toMatchObject({ exitCode: 3 });
});
