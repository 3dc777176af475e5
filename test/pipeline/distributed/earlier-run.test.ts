import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { earlierRun, pointerTo } from '../../../shared/pipeline/distributed/earlier-run.ts';
import { readModelRuns } from '../../../shared/pipeline/distributed/model-runs.ts';
import { FolderObjects } from './_folder-objects.ts';
import { failFake, publishFake, runId } from './_published.ts';

async function published(...verdicts: readonly ('ok' | 'regressed')[]) {
  const objects = new FolderObjects(makeTempDir('test'));
  for (const [index, verdict] of verdicts.entries())
    await publishFake(objects, 'm', { day: index + 1, verdict });
  return { objects, model: await readModelRuns(objects, 'm') };
}

describe('the run before', () => {
  it('is the newest one before the one in use that broke no budget', async () => {
    const { model } = await published('ok', 'ok', 'regressed', 'ok', 'regressed');
    expect(model.latest?.run).toContain(runId(4));
    expect(earlierRun(model, undefined).id).toBe(runId(2));
  });

  it('is none where there is no other', async () => {
    const { model } = await published('ok', 'regressed');
    expect(() => earlierRun(model, undefined)).toThrow(/no run before the one in use/);
    expect(() => earlierRun({ ...model, latest: undefined }, undefined)).toThrow(
      /no run .* in use/,
    );
  });
});

describe('a named run', () => {
  it('is taken whatever its verdict, by its name or its key', async () => {
    const { model } = await published('ok', 'regressed');
    expect(earlierRun(model, runId(2)).id).toBe(runId(2));
    expect(earlierRun(model, `models/m/runs/${runId(2)}/`).id).toBe(runId(2));
  });

  it('must be there, and be whole', async () => {
    const { objects } = await published('ok');
    await failFake(objects, 'm', 9);
    const model = await readModelRuns(objects, 'm');
    const nearly = runId(1).replace('1', '2');
    expect(() => earlierRun(model, nearly)).toThrow(`did you mean "${runId(1)}"?`);
    expect(() => earlierRun(model, `unread-${'9'.repeat(12)}`)).toThrow(
      /failed and cannot be used/,
    );
  });
});

describe('the pointer to a run', () => {
  it('says what its request said, and that nobody knows where that is gone', async () => {
    const { objects, model } = await published('ok');
    const run = earlierRun(model, runId(1));
    const without = await pointerTo(run, objects);
    expect(without).toMatchObject({
      run: run.key,
      verdict: 'ok',
      files: { 'float32.onnx': `${run.key}/m.onnx` },
      toolchain: { steps: 'unknown' },
    });
    const key = `jobs/${'1'.repeat(40)}.json`;
    const request = {
      schema: 'fettle.request/1',
      name: 'm',
      inbox: 'inbox',
      prefix: '',
      model: [],
      modelPath: 'm.onnx',
      data: [],
      sourceVersion: '2026-01-01T00:00:00.000Z',
      reason: 'upload',
      toolchain: { tool: '0', runtime: 'r', steps: 'known' },
      attempt: 1,
    };
    await objects.put(key, JSON.stringify(request));
    expect(await pointerTo(run, objects)).toMatchObject({
      request: key,
      jobKey: '1'.repeat(40),
      sourceVersion: '2026-01-01T00:00:00.000Z',
      toolchain: { steps: 'known' },
    });
  });
});
