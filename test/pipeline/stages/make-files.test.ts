import { expect, it } from 'vitest';
import { joinTaskId, makeFiles, partTaskId } from '../../../shared/pipeline/stages/make-files.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { inlineContext } from '../inline-context.ts';

it('joins what lies beside the model by its digest, and nothing else', async () => {
  const context = inlineContext();
  const tasks = new TaskRunner(context.openExecutor({ sources: {} }), context.progress);
  const digest = await context.store.putBytes('0123456789');
  const model = { digest, suffix: '.onnx', external: [{ location: 'x', digest }] };
  const kept = (location: string) => ({
    ...{ file: 'model' as const, bytes: 5 },
    pieces: [{ kind: 'kept' as const, offset: 0, length: 5, location, from: 2 }],
  });
  const made = await makeFiles({ tasks, context }, [kept('x')], { model, id: 'x' });
  expect(made).toEqual({
    digest: await context.store.putBytes('23456'),
    bytes: 5,
    suffix: '.onnx',
  });
  await expect(makeFiles({ tasks, context }, [kept('y')], { model, id: 'x' })).rejects.toThrow(
    'names what there is not',
  );
});

it('numbers tasks', () => {
  expect(partTaskId('make int4 x64', 2)).toBe('make int4 x64 part 2');
  expect(joinTaskId('make int4 x64')).toBe('make int4 x64 join');
});
