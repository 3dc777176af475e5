import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadStep, REGISTRY_URL, STEP_NAMES } from '../../../shared/pipeline/steps/registry.ts';
import { inlineContext } from '../inline-context.ts';

const FOLDER = new URL('../../../shared/pipeline/steps/', import.meta.url);

/** Names of the steps that the modules of the folder export. */
async function exportedSteps(): Promise<string[]> {
  const files = readdirSync(FOLDER).filter((file) => file !== 'registry.ts');
  const modules: object[] = await Promise.all(
    files.map((file) => import(new URL(file, FOLDER).href)),
  );
  return modules.flatMap((module) =>
    Object.values(module).flatMap((value) =>
      typeof value === 'object' && value !== null && 'run' in value && 'version' in value
        ? [String(value.name)]
        : [],
    ),
  );
}

test('every step of the folder is listed, under its own name', async () => {
  expect(STEP_NAMES.toSorted()).toEqual((await exportedSteps()).toSorted());
  for (const name of STEP_NAMES) expect((await loadStep(name)).name).toBe(name);
});

test('a worker finds the steps by the address of the module, and no others', async () => {
  const registry: typeof import('../../../shared/pipeline/steps/registry.ts') = await import(
    REGISTRY_URL
  );
  expect((await registry.loadStep('judge')).name).toBe('judge');
  await expect(registry.loadStep('none')).rejects.toMatchObject({ exitCode: 70 });
});

test('an input of another shape is refused by the step’s own schema', async () => {
  const step = await loadStep('prepare');
  const { store, log } = inlineContext();
  const tools = { store, log, tempDir: '', locate: async () => '', progress: () => {} };
  await expect(step.run({ source: 'model.onnx' }, tools)).rejects.toThrow('expected object');
});
