import { expect, it } from 'vitest';
import { noteFailure } from '../../../functions/advance/note-failure.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { ExecutionKeys, readResult } from '../../../shared/pipeline/distributed/execution.ts';
import { FolderObjects } from '../../pipeline/distributed/_folder-objects.ts';

const keys = new ExecutionKeys('x');
const objects = () => new FolderObjects(makeTempDir('test'));

it('what was stopped has failed, once', async () => {
  const own = objects();
  await noteFailure('k', { Error: 'Sandbox.Timedout', Cause: 'after 900 s' }, keys, own);
  await noteFailure('k', { Error: 'later' }, keys, own);
  expect(await readResult(own, keys.failure('k'))).toMatchObject({
    status: 'failed',
    error: {
      kind: 'LimitError',
      message: 'the worker was stopped: Sandbox.Timedout (after 900 s)',
    },
  });
});

it('what found its addresses refused is ordered again, three times', async () => {
  const own = objects();
  const refused = { Error: 'States.TaskFailed', Cause: '{"Container":{"ExitCode":75}}' };
  for (const count of [0, 1, 2]) {
    await noteFailure('k', refused, keys, own);
    expect(await own.head(keys.expired('k', count))).toBeDefined();
    expect(await own.head(keys.failure('k'))).toBeUndefined();
  }
  await noteFailure('k', { Error: 'AddressExpired' }, keys, own);
  expect(await readResult(own, keys.failure('k'))).toMatchObject({
    error: { kind: 'ToolError', message: expect.stringContaining('ended 3 times') },
  });
});
