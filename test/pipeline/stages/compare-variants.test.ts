import { afterAll, expect, test } from 'vitest';
import {
  measureGroup,
  type RowGroup,
  withChoices,
} from '../../../shared/pipeline/stages/compare-variants.ts';
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

test('a row says so where auto chose another variant of the base', async () => {
  const work = await digitsWork();
  const { model, facts } = work.prepared;
  const value = { artifact: model, facts: { facts, notes: ['a note'] } };
  const build = (isRow: boolean): Build => ({
    ...{ variant: 'auto', hardware: 'x64', target: 'onnx', isRow },
    result: { status: 'done', value },
  });
  const group: RowGroup = {
    ...{ work, builds: [build(false), build(true)], measurements: new Measurements() },
  };
  const result = { status: 'done', value: { model, facts: value.facts } } as const;
  const choice = (variant: string) => ({ variant, result });
  expect(withChoices(group, choice('int8'), choice('int8'))).toBe(group);
  const noted = withChoices(group, choice('float16'), choice('int8'));
  expect(
    noted.builds.map((one) => one.result.status === 'done' && one.result.value.facts.notes),
  ).toEqual([['a note'], ['a note', 'auto chose float16 of the base']]);
  const failed = { variant: 'auto', result: { status: 'failed', reason: 'x', code: 4 } } as const;
  expect(withChoices(group, failed, choice('int8'))).toBe(group);
});
