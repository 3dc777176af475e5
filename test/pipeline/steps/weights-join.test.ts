import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { weightsJoinStep } from '../../../shared/pipeline/steps/weights-join.ts';
import { inlineContext } from '../inline-context.ts';

const context = inlineContext();
const executor = context.openExecutor({ sources: {} });

it('joins each file of its pieces', async () => {
  const { store } = context;
  const [head, tail] = [await store.putBytes('header'), await store.putBytes('some weights')];
  const { output } = await executor.execute(weightsJoinStep, {
    files: [
      { file: 'model' as const, pieces: [{ digest: head, offset: 0, length: 6 }] },
      {
        file: 'data' as const,
        pieces: [
          { digest: tail, offset: 5, length: 7 },
          { digest: head, offset: 0, length: 2 },
        ],
      },
    ],
  });
  const [data] = output.external ?? [];
  expect(output).toMatchObject({ digest: head, bytes: 15, suffix: '.onnx' });
  expect(data?.location).toBe('model.onnx.data');
  expect(readFileSync(await store.pathOf(data?.digest ?? head), 'utf8')).toBe('weightshe');
  expect(weightsJoinStep.blobs(output)).toEqual([head, data?.digest]);
});

it('needs the model itself', async () => {
  const input = { files: [{ file: 'data' as const, pieces: [] }] };
  await expect(executor.execute(weightsJoinStep, input)).rejects.toThrow();
});
