import { expect, it } from 'vitest';
import { keepError, keptError } from '../../../functions/advance/kept-error.ts';
import { LimitError, ModelError } from '../../../shared/base/errors.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import { FolderObjects } from '../../pipeline/distributed/_folder-objects.ts';

const keys = new ExecutionKeys('e');

it('the last error that was kept comes back as what it was', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await keepError(new LimitError('first'), keys, objects);
  await keepError(
    new ModelError('broken', { where: 'node 3', hint: 'export it anew' }),
    keys,
    objects,
  );
  const error = await keptError(keys, objects, { Error: 'ModelError' });
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({ message: 'broken', where: 'node 3', hint: 'export it anew' });
});

it('without one it is what the state machine says, in short', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  const Cause = 'x'.repeat(10_000);
  const error = await keptError(keys, objects, { Error: 'States.Timeout', Cause });
  expect(error).toMatchObject({ name: 'ToolError', exitCode: 3 });
  expect(error.message).toMatch(/^the job was stopped: States\.Timeout x+$/);
  expect(error.message.length).toBeLessThan(600);
  expect((await keptError(keys, objects, { Error: 'E' })).message).toBe('the job was stopped: E');
});
