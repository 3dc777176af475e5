import { expect, test } from 'vitest';
import { loadStep, REGISTRY_URL, STEP_NAMES } from '../../../shared/pipeline/steps/registry.ts';

test('every step is listed under its own name, with a version and an estimate', async () => {
  for (const name of STEP_NAMES) {
    const step = await loadStep(name);
    expect(step.name).toBe(name);
    expect(step.version).toBeGreaterThan(0);
  }
  await expect(loadStep('none')).rejects.toMatchObject({ exitCode: 70 });
  expect(REGISTRY_URL).toMatch(/registry\.ts$/);
});

test('an input of another shape is refused by the step’s own schema', async () => {
  const step = await loadStep('prepare');
  expect(() => step.estimate({ source: 'model.onnx' })).toThrow();
});
