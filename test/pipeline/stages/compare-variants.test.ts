import { afterAll, expect, test } from 'vitest';
import { measureGroup, type RowGroup } from '../../../shared/pipeline/stages/compare-variants.ts';
import { Measurements } from '../../../shared/pipeline/stages/measure.ts';
import type { Build } from '../../../shared/pipeline/stages/model-work.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

// What is made and how it compares: test/pipeline/compare-models.test.ts.
test('a row without a model is left as it is, and nothing is run for it', async () => {
  const work = await digitsWork();
  const builds: Build[] = [
    {
      variant: 'int8',
      hardware: 'x64',
      target: 'onnx',
      isRow: true,
      result: { status: 'skipped', reason: 'there is none', code: 3 },
    },
  ];
  const group: RowGroup = { work, builds, measurements: new Measurements() };
  expect(await measureGroup(group)).toBe(group);
  expect(group.measurements.any(work.prepared.model)).toBeUndefined();
});
