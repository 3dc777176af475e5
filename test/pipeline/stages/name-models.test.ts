import { afterAll, expect, test } from 'vitest';
import { MODEL_ROW } from '../../../shared/pipeline/stages/model-work.ts';
import { nameModels } from '../../../shared/pipeline/stages/name-models.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('digests and names of the store become variants', async () => {
  const { prepared } = await digitsWork();
  const { digest } = prepared.model;
  const build = (variant: string) => ({
    variant,
    result: {
      status: 'done' as const,
      value: { artifact: prepared.model, facts: { facts: prepared.facts, notes: [] } },
    },
  });
  const hex = digest.slice('sha256:'.length);
  const text = `failed while running ${digest}, that is ${hex}`;
  expect(nameModels(text, [build('float32')], 'a.onnx')).toBe(
    'failed while running float32, that is float32',
  );
  expect(nameModels(text, [build(MODEL_ROW)], 'a.onnx')).toBe(
    'failed while running a.onnx, that is a.onnx',
  );
  expect(nameModels('nothing of it', [build('float32')], 'a.onnx')).toBe('nothing of it');
});
