import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { openLocalContext } from '../../../shared/pipeline/local/open-context.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { prepareStep } from '../../../shared/pipeline/steps/prepare.ts';
import { EXAMPLES } from '../inline-context.ts';

test('steps run in a child, over the real registry', async () => {
  const context = await openLocalContext({
    storeFolder: makeTempDir('test'),
    log: silentLog,
    progress: silentProgress,
  });
  const path = join(EXAMPLES, 'digits.onnx');
  const source = await sourceArtifact(path);
  const executor = context.openExecutor({ sources: { [source.digest]: path } });
  try {
    const { output, cached } = await executor.execute(prepareStep, { source });
    expect(cached).toBe(false);
    expect(output.inputs.map(({ name }) => name)).toEqual(['image']);
    expect(await executor.execute(prepareStep, { source })).toMatchObject({ cached: true });
  } finally {
    await executor.close();
  }
});

test('an executor without time answers what is known and refuses the rest', async () => {
  const context = await openLocalContext({
    storeFolder: makeTempDir('test'),
    log: silentLog,
    progress: silentProgress,
  });
  const executor = context.openExecutor({ sources: {}, timeout: 0 });
  const source = await sourceArtifact(join(EXAMPLES, 'digits.onnx'));
  await expect(executor.execute(prepareStep, { source })).rejects.toMatchObject({ exitCode: 4 });
  await executor.close();
});
